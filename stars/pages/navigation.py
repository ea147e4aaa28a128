"""Context processor of the frame: menus with only those entries whose page exists, and the signed-in person's box.

Everything is lazy: a fragment that shows no menu asks the database nothing. A page costs one query, which gives the
version the menus are kept under and, signed in, what is shown of the person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.browsers.sessions import seconds_left
from accounts.selectors import contexts_of
from accounts.states import ROLE_WORDS
from stars.kernel.actor import Actor, Role
from stars.kernel.look import look_of
from stars.kernel.money import euros

from . import selectors

_Text = str | Promise

OVERVIEW = _("Overview")
CATALOGUE = (_("Education programmes"), "catalog:list")
UNDER_PAGE: dict[str, tuple[tuple[_Text, str], ...]] = {
    "izglitibas-iestadem": ((_("Sign in to the education institution's workplace"), "accounts:provider_sign_in"),),
}
UNDER_PAGE_INSIDE: dict[str, tuple[tuple[_Text, str], ...]] = {  # for whoever works for an institution already
    "izglitibas-iestadem": ((_("Offers of your institution"), "calls:offers"),),
}
HELP = ("palidziba", _("Help"), "circle-question-mark")
FOOTER: tuple[tuple[_Text, str], ...] = (
    (_("Terms of use"), "pages:terms"),
    (_("Privacy policy"), "pages:privacy"),
    (_("Cookies"), "sikdatnes"),
    (_("Accessibility"), "pieklustamiba"),
    (_("Easy to read"), "viegli-lasit"),
    (_("Help"), "palidziba"),
    (_("News"), "pages:news"),
    (_("Frequently asked questions"), "pages:questions"),
)
SIGN_IN: tuple[tuple[_Text, str, str], ...] = (
    (_("Resident"), "accounts:sso_start", "user"),
    (_("Education institution"), "accounts:provider_sign_in", "building-2"),
    (_("Municipal coordinator"), "accounts:coordinator_sign_in", "landmark"),
    (_("Career consultant"), "accounts:consultant_sign_in", "messages-square"),
)
FUNDING = (_("Available funding"), "funding:account", "wallet")
CLIENT: tuple[tuple[_Text, str, str], ...] = (
    (_("Home"), "pages:client_home", "house"),
    (_("My profile"), "accounts:profile", "user"),
    FUNDING,
    (_("Education programmes"), "catalog:list", "book-open"),
    (_("Saved programmes"), "catalog:saved", "bookmark"),
    (_("Learning and application history"), "applications:history", "history"),
    (_("Who acts for me"), "accounts:mandates", "users"),
    (_("Who has looked at my data"), "pages:who_looked", "eye"),
    (_("My data"), "pages:my_data", "file-text"),
    (_("Notices"), "notices:list", "bell"),
)
PROVIDER: tuple[tuple[_Text, str, str], ...] = (
    (_("Home"), "applications:provider_home", "house"),
    (_("Venues"), "calls:venues", "map-pin"),
    (pgettext_lazy("provider", "Programmes"), "calls:programmes", "book-open"),
    (_("Offers"), "calls:offers", "send"),
    (_("Clients' applications"), "applications:work_list", "clipboard-list"),
    (_("Course groups"), "applications:groups", "calendar-days"),
    (_("Users"), "accounts:members", "user-check"),
    (_("Profile of the institution"), "accounts:institution_profile", "building-2"),
)
# Which help page stands at the foot of which page: the name of its address, or the beginning of it.
HELP_PAGE = "palidziba"
HELP_FOR: tuple[tuple[str, str], ...] = (
    ("accounts:provider_", "iestades-darbiniekam"),
    ("accounts:sign_in", "pieslegsanas"),
    ("accounts:consent", "pieslegsanas"),
    ("accounts:regist", "registracija"),
    ("accounts:profile", "registracija"),
    ("accounts:email_confirmed", "pazinojumi"),
    ("accounts:confirm_email", "pazinojumi"),
    ("catalog:list", "programmas-atrasana"),
    ("pages:programme", "pieteiksanas"),
    ("pages:client_home", "pieteikuma-gaita"),
    ("applications:choose_source", "pieteiksanas"),
    ("applications:form", "pieteiksanas"),
    ("applications:check", "pieteiksanas"),
    ("applications:withdraw", "atteiksanas"),
    ("applications:proof", "apliecinajumi"),
    ("applications:withdrawal_proof", "apliecinajumi"),
    ("applications:receipt", "pieteikuma-gaita"),
    ("applications:detail", "pieteikuma-gaita"),
    ("applications:history", "pieteikuma-gaita"),
    ("applications:provider_", "iestades-darbiniekam"),
    ("applications:work_list", "iestades-darbiniekam"),
    ("applications:group", "iestades-darbiniekam"),
    ("applications:admit", "iestades-darbiniekam"),
    ("applications:reject", "iestades-darbiniekam"),
    ("calls:call", "iestades-darbiniekam"),
    ("calls:venues", "iestades-darbiniekam"),
    ("calls:drop_venue", "iestades-darbiniekam"),
    ("calls:programme", "iestades-darbiniekam"),
    ("calls:preview", "iestades-darbiniekam"),
    ("calls:begin_", "iestades-darbiniekam"),
    ("calls:discard_", "iestades-darbiniekam"),
    ("calls:offer", "iestades-darbiniekam"),
    ("calls:check", "iestades-darbiniekam"),
    ("calls:withdraw", "iestades-darbiniekam"),
    ("calls:receipt", "iestades-darbiniekam"),
    ("calls:version", "iestades-darbiniekam"),
    ("documents:", "apliecinajumi"),
    ("funding:account", "finansejums"),
    ("notices:list", "pazinojumi"),
)
SECURITY = (_("Signing in and security"), "accounts:security", "shield-check")
APART = (SECURITY, (_("My workplaces"), "accounts:contexts", "users"))
NOT_WHILE_ACTING = {"notices:list", "catalog:saved", "accounts:mandates", "pages:who_looked", "pages:my_data"}  # ACT-03
AFTER_FIRST_GRANT_APPLICATION = {"funding:account"}  # screens.md 3.8
COUNTED = {"notices:list"}
BELONGS_TO = {
    "applications:detail": "applications:history"
} | dict.fromkeys(  # a page below one of the menu at another address
    (
        *("accounts:sessions", "accounts:change_password", "accounts:change_address", "accounts:second_factor"),
        *("accounts:set_up_factor", "accounts:recovery_codes", "accounts:renew_codes", "accounts:switch_off_factor"),
        "accounts:suspend",
    ),
    "accounts:security",
)
OF_ADMINISTRATORS = {"accounts:members"}
_OF_EVERY_WORKPLACE: tuple[tuple[_Text, str, str], ...] = (
    (_("My rights"), "accounts:rights", "badge-check"),
    (_("Notices"), "notices:list", "bell"),
)
WORKPLACES: dict[Role, tuple[tuple[_Text, str, str], ...]] = {
    Role.COORDINATOR: (
        (_("My clients"), "accounts:coordinator_home", "users"),
        (_("Find a client"), "accounts:find_client", "search"),
        *_OF_EVERY_WORKPLACE,
    ),
    Role.CONSULTANT: ((_("Home"), "accounts:consultant_home", "house"), *_OF_EVERY_WORKPLACE),
    Role.ASSESSOR: ((_("Home"), "accounts:assessor_home", "house"), *_OF_EVERY_WORKPLACE),
    Role.COMMISSION: ((_("Home"), "calls:commission", "house"), *_OF_EVERY_WORKPLACE),
}
HOMES = {
    *("pages:client_home", "applications:provider_home", "accounts:coordinator_home", "accounts:consultant_home"),
    *("accounts:assessor_home", "calls:commission"),
}


@dataclass(frozen=True, slots=True)
class Link:
    label: _Text
    url: str
    icon: str = ""
    current: bool = False
    badge: int = 0
    dialog: bool = False
    children: tuple["Link", ...] = ()


@dataclass(frozen=True, slots=True)
class UserBox:
    """The round initials button and what opens from it."""

    name: str
    initials: str
    role: str
    unread: int
    items: tuple[Link, ...]
    others: tuple["OtherRole", ...] = ()


@dataclass(frozen=True, slots=True)
class OtherRole:
    """A role the person may change to; `key` is what the form sends."""

    key: str
    label: str


def address(name: str) -> str:
    """The address of a named page, or nothing while that page is not built."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Acting:
    """Whom a coordinator acts for, and what each form must carry (X2)."""

    name: str
    binding: str


class Frame:
    """One request's menus, each worked out when a template first asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.path, self.here = request.path, request.get_full_path()
        self.view_name = request.resolver_match.view_name if request.resolver_match else ""
        self.path = request.path
        self.actor: Actor = getattr(request, "actor", Actor())

    @cached_property
    def pages(self) -> dict[str, selectors.MenuPage]:
        return selectors.menu_pages(self.facts.version)

    @cached_property
    def facts(self) -> selectors.FrameFacts:
        return selectors.frame_facts(self.actor)

    def is_here(self, url: str, *, exactly: bool = False) -> bool:
        return self.path == url or (not exactly and self.path.startswith(f"{url}/"))

    def top_menu(self) -> list[Link]:
        label, name = CATALOGUE
        url = address(name)
        is_here = self.is_here(url) or self.is_here("/programma")  # a programme's own page belongs to the catalogue
        menu = [Link(label, url, current=is_here)] if url else []
        return menu + [self._with_children(page) for page in self.pages.values() if page.label]

    def _with_children(self, page: selectors.MenuPage) -> Link:
        entries = UNDER_PAGE_INSIDE if self.actor.is_provider else UNDER_PAGE
        extra = [(label, address(name)) for label, name in entries.get(page.slug, ())]
        under = [(child.label, child.path) for child in page.children] + [(label, url) for label, url in extra if url]
        children = tuple(Link(label, url, current=self.is_here(url)) for label, url in under)
        if children:
            children = (Link(OVERVIEW, page.path, current=self.is_here(page.path, exactly=True)), *children)
        return Link(page.label, page.path, current=self.is_here(page.path), children=children)

    def util_links(self) -> list[Link]:
        """The accessibility panel, which comes back to this page, and the help."""
        panel = reverse("pages:look")
        back = "" if self.path == panel else f"?{urlencode({'next': self.here})}"
        links = [Link(_("Accessibility"), panel + back, "accessibility", dialog=True)]
        slug, label, icon = HELP
        return links + [Link(label, page.path, icon) for page in [self.pages.get(slug)] if page]

    def footer_links(self) -> list[Link]:
        links = []
        for label, place in FOOTER:
            page = self.pages.get(place)
            url = page.path if page else address(place) if ":" in place else ""
            if url:
                links.append(Link(label, url))
        return links

    def help_link(self) -> Link | None:
        """The help page about what this page is for, if the agency has published one."""
        pages = {child.slug: child for child in self.pages[HELP_PAGE].children} if HELP_PAGE in self.pages else {}
        longest_first = sorted(HELP_FOR, key=lambda entry: -len(entry[0]))
        slug = next((slug for name, slug in longest_first if self.view_name.startswith(name)), "")
        return Link(pages[slug].title, pages[slug].path) if slug in pages else None

    def sign_in_links(self) -> list[Link]:
        return self._links(SIGN_IN)

    def client_menu(self) -> list[Link]:
        if not self.actor.is_client or not self.facts.is_registered:
            return []
        left_out = set() if self.facts.has_applied_for_grant else AFTER_FIRST_GRANT_APPLICATION
        if self.actor.acting_for_id:
            left_out = left_out | NOT_WHILE_ACTING
        return self._links(entry for entry in CLIENT if entry[1] not in left_out)

    def acting(self) -> Acting | None:
        """The bar that stands on every page while a coordinator acts for a client (ACT-02)."""
        if self.actor.acting_for_id is None:
            return None
        return Acting(selectors.name_of(self.actor.acting_for_id), self.actor.binding)

    def provider_menu(self) -> list[Link]:
        if not self.actor.is_provider:
            return []
        left_out = set() if self.actor.role is Role.PROVIDER_ADMIN else OF_ADMINISTRATORS
        return self._links(entry for entry in PROVIDER if entry[1] not in left_out)

    def workplace_menu(self) -> list[Link]:
        """Of coordinators, consultants, assessors, members of the commission; a coordinator who acts has the client's."""
        return self._links(() if self.actor.acting_for_id else WORKPLACES.get(self.actor.role, ()))

    def _links(self, entries: Iterable[tuple[_Text, str, str]]) -> list[Link]:
        links = []
        for label, name, icon in entries:
            url = address(name)
            if url:
                badge = self.facts.unread if name in COUNTED else 0
                is_here = self.is_here(url, exactly=name in HOMES) or BELONGS_TO.get(self.view_name) == name
                links.append(Link(label, url, icon, is_here, badge))
        return links

    def user_menu(self) -> UserBox | None:
        actor = self.actor
        if not actor.is_authenticated:
            return None
        role = ROLE_WORDS.get(actor.role, "")
        words = actor.label.split()
        return UserBox(
            name=actor.label,
            initials="".join(word[0] for word in (words[:1] + words[1:][-1:])).upper(),
            role=f"{role}, {self.facts.place}" if self.facts.place else str(role),
            unread=self.facts.unread,
            items=(*self._own_links(), *self._security_link()),
            others=tuple(self._other_roles()),
        )

    def _other_roles(self) -> Iterable[OtherRole]:
        """Read only where the person has more than one role to work in."""
        user = getattr(self.request, "user", None)
        if not self.facts.has_several_roles or user is None or self.actor.acting_for_id is not None:
            return
        for one in contexts_of(user):
            if one.actor != self.actor:
                yield OtherRole(one.key, f"{one.label}, {one.place}" if one.place else str(one.label))

    def _own_links(self) -> list[Link]:
        if self.actor.is_agency:
            return [Link(_("Administration"), reverse("admin:index"), "settings")]
        if self.actor.is_provider:
            return self.provider_menu()
        if workplace := self.workplace_menu():
            return workplace
        shown = {"pages:client_home", "accounts:profile", "notices:list"}
        urls = {address(name) for name in shown}
        return [*self._sum(), *(link for link in self.client_menu() if link.url in urls)]

    def _sum(self) -> list[Link]:
        """ "Pieejamā summa": for clients whose learning account is approved."""
        cents, url = self.facts.available_cents, address("funding:account")
        if cents is None or not url:
            return []
        return [Link(_("Available sum %(sum)s") % {"sum": euros(cents)}, url, "wallet", self.is_here(url))]

    def _security_link(self) -> list[Link]:
        """One's own way in, in every role; not while somebody acts for a client (ACT-03)."""
        return [] if self.actor.acting_for_id else self._links([SECURITY])

    def page_apart(self) -> _Text:
        """What a page is called that stands in no menu at the side: one's own in every role, or not in the menu yet."""
        found = self._links(APART)
        if self.is_here(address(FUNDING[1])) and not self.facts.has_applied_for_grant:
            found += self._links([FUNDING])
        return next((link.label for link in found if link.current), "")

    def unread_count(self) -> int:
        return self.facts.unread

    def session_seconds(self) -> int:
        """How long this person's session lives from now on; 0 for visitors, whose pages say nothing of it."""
        if not self.actor.is_authenticated or not hasattr(self.request, "session"):
            return 0
        return seconds_left(self.request.session, self.actor, self.request.arrived_at)  # type: ignore[attr-defined]


def navigation(request: HttpRequest) -> dict[str, object]:
    frame = Frame(request)
    parts = (
        frame.top_menu,
        frame.util_links,
        frame.footer_links,
        frame.help_link,
        frame.sign_in_links,
        frame.user_menu,
        frame.client_menu,
        frame.provider_menu,
        frame.acting,
        frame.workplace_menu,
        frame.page_apart,
        frame.unread_count,
        frame.session_seconds,
    )
    return {
        **{part.__name__: SimpleLazyObject(part) for part in parts},
        "sign_out_url": address("accounts:sign_out"),
        "contexts_url": address("accounts:contexts"),
        "languages": [],
        "banners": [],
        "look": look_of(request),
    }
