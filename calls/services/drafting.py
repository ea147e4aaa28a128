"""What several people of one institution write: saved at any moment, complete or not, never over what they have not seen."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Institution
from calls import policies, selectors
from calls.contents import answers_of
from calls.errors import Conflict, InUse, NoOffer, Sealed, UnknownProgrammes
from calls.models import Call, Offer, Pad, Paper, ProgrammeDraft, SealedFile
from calls.states import DraftAction, OfferState
from stars.files import services as files
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.transactions import repeatable

MOST_DRAFTS, MOST_PAPERS = 200, 20
PURPOSE = "offer"  # of files held while a form is corrected
Writable = TypeVar("Writable", bound=Pad)


def hold_institution(institution_id: int) -> Institution:
    """The lock under which an institution's offers are counted; taken before any of them."""
    return Institution.objects.select_for_update(of=("self",), no_key=True).get(pk=institution_id)


def _write(pad: Writable, content: Mapping[str, Any], *, revision: int, pen: str, by: Actor) -> Writable:
    """Under the row's lock. Raises Conflict unless the writer has read what is kept, or wrote it with this very pen."""
    if revision != pad.revision and not (pen and pen == pad.pen):
        who = selectors.name_of(pad.writer_id)
        raise Conflict(who=who, at=pad.saved_at, kept=pad.content, revision=pad.revision)
    pad.content = dict(content)
    pad.revision += 1
    pad.pen, pad.saved_at, pad.writer_id = pen[:32], timezone.now(), by.user_id
    pad.save(update_fields=["content", "revision", "pen", "saved_at", "writer"])
    return pad


# --- programmes ------------------------------------------------------------------------------------


@transaction.atomic
def begin_programme(
    *, by: Actor, content: Mapping[str, Any] | None = None, copied_from: int | None = None
) -> ProgrammeDraft:
    """An empty programme of one's own institution, or one that starts from `content`."""
    require(policies.may_prepare(by))
    assert by.institution_id is not None
    if ProgrammeDraft.objects.filter(institution_id=by.institution_id).count() >= MOST_DRAFTS:
        raise DomainError(_("There are very many programmes in preparation. Delete those you do not need."))
    draft = ProgrammeDraft.objects.create(
        institution_id=by.institution_id,
        content=answers_of(content or {}),
        copied_from_id=copied_from,
        writer_id=by.user_id,
    )
    audit.record(draft, "begin", by=by, data={"copied_from": copied_from} if copied_from else None, is_first=True)
    return draft


@transaction.atomic
def copy_programme(*, programme_id: int | None = None, draft_id: int | None = None, by: Actor) -> ProgrammeDraft:
    """A new draft from a programme in the catalogue or from another draft, of the same institution."""
    require(policies.may_prepare(by))
    assert by.institution_id is not None
    if draft_id is not None:
        source = ProgrammeDraft.objects.get(pk=draft_id, institution_id=by.institution_id)
        content = dict(source.content)
        content["name"] = _("%(name)s (copy)") % {"name": source.name} if source.name else ""
        return begin_programme(by=by, content=content)
    assert programme_id is not None
    content = selectors.as_answers(programme_id, institution_id=by.institution_id)
    return begin_programme(by=by, content=content, copied_from=programme_id)


@repeatable
@transaction.atomic
def save_programme_draft(
    *, draft_id: int, answers: Mapping[str, Any], revision: int, pen: str, by: Actor
) -> ProgrammeDraft:
    """Keeps what was typed, right or wrong (X21). Raises Conflict where a colleague was faster, NoOffer where it is gone."""
    draft = ProgrammeDraft.objects.select_for_update(of=("self",), no_key=True).filter(pk=draft_id).first()
    if draft is None:
        raise NoOffer
    require(policies.may_write(by, draft))
    return _write(draft, answers_of(answers), revision=revision, pen=pen, by=by)


@transaction.atomic
def discard_programme(*, draft_id: int, by: Actor) -> None:
    """Deletes a programme in preparation with its files; one that is in a live offer stays. Twice changes nothing."""
    draft = ProgrammeDraft.objects.select_for_update(of=("self",)).filter(pk=draft_id).first()
    if draft is None:
        return
    require(policies.may_write(by, draft))
    if draft.offered.filter(state__in=[OfferState.SUBMITTED, OfferState.IN_EVALUATION]).exists():
        raise InUse(_("The programme is in an offer that has been submitted. Withdraw the offer first."))
    audit.record(draft, DraftAction.DISCARD, by=by, data={"name": draft.name})
    _drop_papers(draft.papers.all())
    draft.delete()


# --- offers ----------------------------------------------------------------------------------------


@transaction.atomic
def begin_offer(*, call_id: int, by: Actor) -> Offer:
    """An offer to a call that is announced: start is resume, so an unsent one of the same call is given again (X19)."""
    require(policies.may_prepare(by))
    call = Call.objects.announced().select_related("source").get(pk=call_id)
    assert by.institution_id is not None
    hold_institution(by.institution_id)
    begun = Offer.objects.filter(institution_id=by.institution_id, call=call, state=OfferState.DRAFT)
    if offer := begun.order_by("pk").first():
        return offer
    offer = Offer.objects.create(
        call=call, institution_id=by.institution_id, content={"programmes": []}, writer_id=by.user_id
    )
    offer.refresh_from_db(fields=["number"])
    audit.record(offer, "begin", by=by, to_state=OfferState.DRAFT, is_first=True)
    return offer


@repeatable
@transaction.atomic
def save_offer(*, offer_id: int, answers: Mapping[str, Any], revision: int, pen: str, by: Actor) -> Offer:
    """Keeps source, ticks and declaration.

    Raises Sealed for what was sent, Conflict where a colleague was faster, UnknownProgrammes for ticks that are not the
    institution's own: one of them refuses the lot (ACC-05).
    """
    offer = Offer.objects.select_for_update(of=("self",), no_key=True).filter(pk=offer_id).first()
    if offer is None:
        raise NoOffer
    require(policies.may_write(by, offer))
    if not policies.is_editable(offer):
        raise Sealed
    _refuse_unknown(offer, answers)
    return _write(offer, answers, revision=revision, pen=pen, by=by)


def _refuse_unknown(offer: Offer, answers: Mapping[str, Any]) -> None:
    own = ProgrammeDraft.objects.filter(institution_id=offer.institution_id).order_by()
    known = {str(reference) for reference in own.values_list("reference", flat=True)}
    if unknown := set(answers.get("programmes", ())) - known:
        raise UnknownProgrammes(len(unknown))


@transaction.atomic
def discard_offer(*, offer_id: int, by: Actor) -> None:
    """Deletes an offer that was never sent. Twice changes nothing."""
    offer = Offer.objects.select_for_update(of=("self",)).filter(pk=offer_id).first()
    if offer is None:
        return
    require(policies.may_write(by, offer))
    if offer.state != OfferState.DRAFT:
        raise InUse(_("The offer has been submitted: it is kept. It can only be withdrawn."))
    audit.record(offer, DraftAction.DISCARD, by=by, from_state=offer.state)
    _drop_papers(offer.papers.all())
    offer.delete()


# --- files -----------------------------------------------------------------------------------------


def _owner(draft_id: int | None, offer_id: int | None, by: Actor) -> ProgrammeDraft | Offer:
    """The locked row the file belongs to; an offer that was sent takes no more files."""
    pad: ProgrammeDraft | Offer | None
    if draft_id is not None:
        pad = ProgrammeDraft.objects.select_for_update(of=("self",), no_key=True).filter(pk=draft_id).first()
    else:
        assert offer_id is not None
        pad = Offer.objects.select_for_update(of=("self",), no_key=True).filter(pk=offer_id).first()
    if pad is None:
        raise NoOffer
    require(policies.may_write(by, pad))
    if isinstance(pad, Offer) and not policies.is_editable(pad):
        raise Sealed
    return pad


@transaction.atomic
def add_paper(
    *, code: str, upload: files.Upload, by: Actor, draft_id: int | None = None, offer_id: int | None = None
) -> Paper:
    """One more file for an attachment of a programme or an offer; it has been looked at by the form (UPL-01)."""
    pad = _owner(draft_id, offer_id, by)
    if pad.papers.count() >= MOST_PAPERS:
        raise DomainError(_("At most %(most)s files can be added here.") % {"most": MOST_PAPERS}, code="too_many")
    stored = files.keep(upload=upload, purpose=PURPOSE, institution_id=pad.institution.reference)
    owner: dict[str, Any] = {"offer" if isinstance(pad, Offer) else "draft": pad}
    paper = Paper.objects.create(code=code, file=stored, **owner)
    _touch(pad, by)
    audit.record(pad, "add_file", by=by, data={"code": code, "name": stored.display_name, "sha256": stored.sha256})
    return paper


@transaction.atomic
def remove_paper(*, paper_id: int, by: Actor) -> None:
    """Takes the file off; a sealed version that holds it keeps it. Twice changes nothing."""
    paper = Paper.objects.select_related("file").filter(pk=paper_id).first()
    if paper is None:
        return
    pad = _owner(paper.draft_id, paper.offer_id, by)
    audit.record(pad, "remove_file", by=by, data={"code": paper.code, "name": paper.file.display_name})
    _drop_papers(Paper.objects.filter(pk=paper_id))
    _touch(pad, by)


def _touch(pad: Pad, by: Actor) -> None:
    """Files are part of what is sent: a check page drawn before is out of date. The text is not touched, nor its revision."""
    pad.saved_at, pad.writer_id = timezone.now(), by.user_id
    pad.save(update_fields=["saved_at", "writer"])


def _drop_papers(papers: Any) -> None:
    """Rows go; bytes go where no sealed version needs them."""
    stored = list(papers.values_list("file_id", flat=True))
    papers.delete()
    sealed = set(SealedFile.objects.filter(file__in=stored).values_list("file_id", flat=True))
    shared = set(Paper.objects.filter(file__in=stored).values_list("file_id", flat=True))
    for file_id in stored:
        if file_id not in sealed | shared:
            files.discard(file_id=file_id)
