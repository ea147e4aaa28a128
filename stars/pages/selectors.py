"""What the roof reads across apps: the menu tree, the person's frame, rounds, projects and news for the home page."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Count, Exists, F, Func, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import ClientProfile, Institution, User
from applications.models import Application
from stars.kernel.actor import Actor
from stars.notices.models import Notice

from .models import ContentPage


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A published page as the menus need it; `label` is empty where the page stands only in the footer."""

    slug: str
    path: str
    label: str
    title: str
    children: tuple["MenuPage", ...] = ()


def menu_pages() -> dict[str, MenuPage]:
    """Published top-level pages by slug, in order. One query for their version; the tree is kept in the process."""
    seen = ContentPage.objects.aggregate(newest=Max("updated_at"), number=Count("pk"))
    return _menu_pages(seen["newest"], seen["number"])


@lru_cache(maxsize=2)
def _menu_pages(_newest: datetime | None, _number: int) -> dict[str, MenuPage]:
    published = list(ContentPage.objects.filter(is_published=True).order_by("position", "title"))
    children: dict[int, list[MenuPage]] = {}
    for page in published:
        if page.parent_id is not None:
            children.setdefault(page.parent_id, []).append(_menu_page(page, f"/{page.slug}"))
    tree = {}
    for page in published:
        if page.parent_id is None:
            under = tuple(
                MenuPage(child.slug, f"/{page.slug}{child.path}", child.label or child.title, child.title)
                for child in children.get(page.pk, [])
            )
            tree[page.slug] = _menu_page(page, f"/{page.slug}", under)
    return tree


def _menu_page(page: ContentPage, path: str, children: tuple[MenuPage, ...] = ()) -> MenuPage:
    return MenuPage(slug=page.slug, path=path, label=page.menu_label, title=page.title, children=children)


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """What the frame of a signed-in page shows of its person."""

    unread: int = 0
    is_registered: bool = False
    has_applied_for_grant: bool = False
    institution: str = ""


def frame_facts(actor: Actor) -> FrameFacts:
    """One query, whatever the role."""
    if not actor.is_authenticated:
        return FrameFacts()
    unread = (
        Notice.objects.visible_to(actor)
        .unread()
        .order_by()
        .annotate(number=Func(F("pk"), function="COUNT", output_field=IntegerField()))
        .values("number")
    )
    grants = Application.objects.filter(client_id=actor.person_id, source__grant_cents__isnull=False)
    row = (
        User.objects.filter(pk=actor.user_id)
        .values_list(
            Coalesce(Subquery(unread), 0),
            Exists(ClientProfile.objects.filter(person_id=OuterRef("person_id"))),
            Exists(grants),
            Coalesce(Subquery(Institution.objects.filter(pk=actor.institution_id).values("name")[:1]), ""),
        )
        .first()
    )
    return FrameFacts(*row) if row else FrameFacts()


def children_of(page: ContentPage) -> QuerySet[ContentPage]:
    return page.children.filter(is_published=True)
