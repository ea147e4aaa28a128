"""What a page tells of a file and of its signatures: provable things, and no more (stack.md)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .models import StoredFile
from .signatures import Finding, Trust
from .states import CheckState, ScanState


@dataclass(frozen=True, slots=True)
class Standing:
    """A file as a page shows it: its name and size, one word about it, and what is known of its signatures."""

    name: str
    size: int
    family: str  # of the word's tag
    word: str
    signatures: tuple[str, ...] = ()


def standing_of(stored: StoredFile) -> Standing:
    """What to tell of a file; the signature check is read where somebody asked for one."""
    check = getattr(stored, "signature_check", None)
    family, word = "ok", str(pgettext("file", "Added"))
    if stored.state == ScanState.REFUSED:
        family, word = "bad", str(ScanState.REFUSED.label)
    elif stored.state == ScanState.QUARANTINED:
        family, word = "warn", str(ScanState.QUARANTINED.label)
    elif check is not None and check.state == CheckState.DONE and not check.found:
        family, word = "mute", _("No electronic signature")  # perhaps signed by hand and scanned
    elif check is not None and check.state == CheckState.DONE:
        family, word = ("ok", _("Signature holds")) if check.is_good else ("bad", _("Signature does not hold"))
    elif check is not None:
        family, word = "warn", _("Signature is being checked")
    said = tuple(signature_words(one) for one in check.findings) if check is not None else ()
    return Standing(stored.display_name, stored.size, family, word, said)


def signature_words(found: Finding) -> str:
    """One signature in one line: who, unbroken or not, when, and whether the signer is on a trust list."""
    who = found.signer or _("unknown signer")
    if not found.is_unbroken:
        return _("%(who)s: the signature is broken") % {"who": who}
    parts = [_("%(who)s: the signature is unbroken") % {"who": who}]
    if not found.covers_all:
        parts.append(_("it does not cover the whole document"))
    if found.stamped_at:
        parts.append(_("time stamp %(moment)s") % {"moment": _in_riga(found.stamped_at)})
    elif found.said_at:
        parts.append(_("no time stamp, by the signer's clock %(moment)s") % {"moment": _in_riga(found.said_at)})
    else:
        parts.append(_("no time stamp"))
    trust = {
        Trust.UNCHECKED: _("trust is not checked"),
        Trust.TRUSTED: _("the signer is on the trust list"),
        Trust.UNTRUSTED: _("the signer is not on the trust list"),
    }
    return "; ".join([*parts, trust[found.trust]])


def _in_riga(moment: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(moment)):%d.%m.%Y %H:%M}"
