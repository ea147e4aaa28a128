"""How a view of any app takes files: what is fine stays here while the person corrects the rest of the form."""

from uuid import UUID

from . import services
from .errors import NoRoom
from .forms import UploadForm


def hold_uploads(form: UploadForm, *, person_id: UUID | None = None) -> None:
    """After a form that cannot be accepted yet: the files that can be are held, and named on the page again.

    `person_id` is whose files they are; where they have too many already the field says so (UPL-01).
    """
    for name in form.upload_names():
        uploads = form.cleaned_data.get(name) if hasattr(form, "cleaned_data") else None
        if uploads:
            held = []
            for upload in uploads:
                try:
                    held.append(services.hold(upload=upload, purpose=form.purpose, person_id=person_id))
                except NoRoom as refusal:
                    form.add_error(name, refusal.message)
                    break
            form.initial[name] = held
            vars(form[name]).pop("initial", None)  # remembered from before
