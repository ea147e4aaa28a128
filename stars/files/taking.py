"""How a view of any app takes files: what is fine stays here while the person corrects the rest of the form."""

from . import services
from .forms import UploadForm


def hold_uploads(form: UploadForm) -> None:
    """After a form that cannot be accepted yet: the files that can be are held, and named on the page again."""
    for name in form.upload_names():
        uploads = form.cleaned_data.get(name) if hasattr(form, "cleaned_data") else None
        if uploads:
            form.initial[name] = [services.hold(upload=upload, purpose=form.purpose) for upload in uploads]
            vars(form[name]).pop("initial", None)  # remembered from before
