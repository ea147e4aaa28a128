"""A programme as search engines read it: schema.org Course, in the words of the page and with its live places. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from applications.selectors import ApplyOption
from catalog.models import CourseGroup, Mode, Programme

_MODES = {Mode.ONSITE: "Onsite", Mode.REMOTE: "Online", Mode.PARTLY_REMOTE: "Blended"}


def course_data(shown: Programme, groups: Iterable[CourseGroup], options: Sequence[ApplyOption]) -> dict[str, Any]:
    """What the page says, for a machine; prices are the whole ones, for a share depends on the person."""
    base = settings.STARS_PUBLIC_BASE_URL.rstrip("/")
    institution = shown.institution
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Course",
        "name": shown.name,
        "description": shown.description,
        "url": base + reverse("pages:programme", args=(shown.number,)),
        "courseCode": str(shown.number),
        "inLanguage": {"@type": "Language", "name": shown.language_label},
        "coursePrerequisites": [shown.prior_education.label, shown.prior_knowledge],
        "educationalCredentialAwarded": shown.education_document,
        "teaches": list(shown.main_topics),
        "provider": {
            "@type": "EducationalOrganization",
            "name": institution.name,
            "url": base + reverse("catalog:institution", args=(institution.reference,)),
        },
        "offers": [_offer(option) for option in options],
        "hasCourseInstance": [_instance(shown, group) for group in groups],
    }
    if shown.is_rated:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(shown.rating_mean),
            "bestRating": "5",
            "ratingCount": shown.rating_count,
        }
    return data


def _offer(option: ApplyOption) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "category": "Partially Free" if option.own_share_cents else "Free",
        "name": option.source.name,
        "price": f"{option.price_cents // 100}.{option.price_cents % 100:02d}",
        "priceCurrency": "EUR",
    }


def _instance(shown: Programme, group: CourseGroup) -> dict[str, Any]:
    place = (
        {"@type": "VirtualLocation", "name": group.venue.name}
        if group.venue.is_remote
        else {"@type": "Place", "name": group.venue.name, "address": group.venue.address}
    )
    return {
        "@type": "CourseInstance",
        "courseMode": _MODES[Mode(shown.mode)],
        "courseWorkload": f"PT{shown.hours_total}H",
        "startDate": group.starts_on.isoformat(),
        "endDate": group.ends_on.isoformat(),
        "location": place,
        "maximumAttendeeCapacity": group.capacity,
        "remainingAttendeeCapacity": group.free,
    }
