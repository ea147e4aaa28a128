"""Pages anybody may read: the front page, the agency's pages, news and questions."""

from datetime import datetime
from itertools import groupby

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.gates import public
from calls.selectors import calls_on, window_of
from stars.pages import selectors
from stars.pages.models import ContentPage, FrequentQuestion, NewsItem, PageSection
from stars.pages.texts import NO_BREAK_SPACE, pieces, rows

NEWS_ON_HOME = 3
CALLS = "izglitibas-iestadem"  # the page that tells of calls
NEWS_ON_A_PAGE = 10
SEARCHED_OFTEN = (_("data analysis"), _("cyber security"), _("artificial intelligence"))


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = {
        "banner": selectors.round_banner(timezone.now()),
        "projects": selectors.projects(),
        "news": NewsItem.objects.published()[:NEWS_ON_HOME],
        "searched_often": SEARCHED_OFTEN,
    }
    return render(request, "pages/home.html", context)


@public
@require_safe
def content(request: HttpRequest, slug: str, parent: str | None = None) -> HttpResponse:
    """A page of the agency at its own address; unpublished ones are not there for the public."""
    page = selectors.page_at(slug, parent)
    if page is None:
        raise Http404
    context = page_context(page, is_inside=request.actor.is_provider)  # type: ignore[attr-defined]
    if page.slug == CALLS and page.parent_id is None:
        context["announced"] = _announced(request.arrived_at)  # type: ignore[attr-defined]
    return render(request, "pages/content.html", context)


def _announced(moment: datetime) -> dict[str, object]:
    """P7: the agency's calls, each with how it stands against the clock."""
    found = calls_on(moment)
    return {
        "open": [(call, window_of(call, moment)) for call in found.open],
        "to_come": [(call, window_of(call, moment)) for call in found.to_come],
        "past": [(call, window_of(call, moment)) for call in found.past],
    }


def page_context(page: ContentPage, *, is_inside: bool = False) -> dict[str, object]:
    """What the template of a page needs; the admin's preview shows the same.

    A text that leads to the institutions' door is not for whoever `is_inside` already.
    """
    sections = page.sections.order_by("position", "pk")
    if is_inside:
        sections = sections.exclude(body__contains=f"]({reverse('accounts:provider_sign_in')})")
    return {
        "page": page,
        "announced": None,
        "sections": [_section(section) for section in sections],
        "children": selectors.children_of(page),
        "project": selectors.project_of(page.source_id) if page.source_id else None,
        "banner": selectors.round_banner(timezone.now(), source=page.source) if page.source else None,
    }


def _section(section: PageSection) -> dict[str, object]:
    shown: dict[str, object] = {"heading": section.heading, "kind": section.kind}
    if section.kind == PageSection.Kind.TEXT:
        return shown | {"pieces": pieces(section.body)}
    if section.kind == PageSection.Kind.PROGRESS:
        return shown | {"measures": _measures(section.body)}
    return shown | {"rows": rows(section.body)}


def _measures(body: str) -> list[dict[str, object]]:
    """Rows "count | target | label"; a count the platform does not keep or a target that is no number is left out."""
    measures: list[dict[str, object]] = []
    for row in rows(body):
        name, target, label = (*row.raw, "", "")[:3]
        target = target.replace(" ", "")
        reached = selectors.indicator(name)
        if reached is not None and target.isdecimal() and label:
            said = {"reached": _spaced(reached), "target": _spaced(int(target))}
            measures.append({"value": reached, "max": int(target), "label": label, "said": said})
    return measures


def _spaced(number: int) -> str:
    """3500 as "3 500", as Latvian writes it."""
    return f"{number:,}".replace(",", NO_BREAK_SPACE)


@public
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    page = Paginator(NewsItem.objects.published(), NEWS_ON_A_PAGE).get_page(request.GET.get("lapa"))
    return render(request, "pages/news.html", {"page": page})


@public
@require_safe
def news_item(request: HttpRequest, slug: str) -> HttpResponse:
    """A published item; staff may also read one that is still to come, as a preview."""
    shown = NewsItem.objects.all() if request.actor.is_agency else NewsItem.objects.published()  # type: ignore[attr-defined]
    item = get_object_or_404(shown, slug=slug)
    others = NewsItem.objects.published().exclude(pk=item.pk)[:NEWS_ON_HOME]
    return render(request, "pages/news_item.html", {"item": item, "pieces": pieces(item.body), "others": others})


@public
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    asked = [(one, pieces(one.answer)) for one in FrequentQuestion.objects.order_by("position", "pk")]
    groups = [(name, list(group)) for name, group in groupby(asked, key=lambda pair: pair[0].category)]
    return render(request, "pages/questions.html", {"groups": groups})
