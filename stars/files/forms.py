"""A form's file fields: looked at by content, and what was sent once need not be sent again (UPL-01)."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from .contents import ASICE, KINDS, PDF, Kind, look
from .contents.kinds import named, offered
from .errors import EmptyFile, FileRefused, FileTooLarge, Why
from .selectors import held_behind
from .services import Upload
from .services.storing import MOST_BYTES, clean_name
from .signatures import is_container_signed, is_pdf_signed


class _FileInput(forms.FileInput):
    allow_multiple_selected = True


class UploadField(forms.FileField):
    """Files of the allowed kinds; the cleaned value is a list of `Upload`, held ones among it.

    With `signed` every file must carry a signature; whether it holds is told later, by a worker.
    """

    widget = _FileInput
    default_error_messages = {"required": _("Add the file")}

    def __init__(
        self, *, allowed: Collection[Kind] = KINDS, most: int = 1, signed: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        self.allowed, self.most, self.signed = tuple(allowed), most, signed
        self.widget.attrs |= {"accept": offered(self.allowed)} | ({"multiple": True} if most > 1 else {})

    def to_python(self, data: Any) -> Any:
        return data

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        held: list[Upload] = list(initial or [])
        if not sent:
            if self.required and not held:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return held
        kept = held if self.most > 1 else []
        if len(sent) + len(kept) > self.most:
            raise self._refused(FileRefused(Why.TOO_MANY))
        return kept + [self._looked_at(one) for one in sent]

    def _looked_at(self, file: Any) -> Upload:
        try:
            if file.size > MOST_BYTES:
                raise FileTooLarge(MOST_BYTES)
            found = look(file, name=file.name, allowed=self.allowed)
            if self.signed and not _is_signed(file, found.kind):
                raise FileRefused(Why.UNSIGNED)
        except (EmptyFile, FileRefused, FileTooLarge) as error:
            raise self._refused(error, file=clean_name(file.name)) from error
        content = ContentFile(found.clean) if found.clean is not None else file
        return Upload(
            name=clean_name(file.name), content_type=found.kind.content_type, size=content.size, content=content
        )

    def _refused(self, error: EmptyFile | FileRefused | FileTooLarge, *, file: str = "") -> forms.ValidationError:
        """Which file it was stands before why: a page may have sent several."""
        return forms.ValidationError(f"{file}: {error.message}" if file else error.message, code=error.code)

    @property
    def kinds(self) -> str:
        return named(self.allowed)


def _is_signed(content: Any, kind: Kind) -> bool:
    if kind is PDF:
        return is_pdf_signed(content)
    return kind is ASICE and is_container_signed(content)


class UploadForm(forms.Form):
    """A form with file fields: files held from an earlier sending come back by their tokens."""

    purpose = ""  # names the form; a file held for one form is no good in another

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.upload_names():
            tokens = self.data.getlist(f"{self.add_prefix(name)}-held") if hasattr(self.data, "getlist") else []
            found = (held_behind(token, self.purpose) for token in dict.fromkeys(tokens))
            self.initial[name] = [
                Upload(
                    name=held.file.display_name,
                    content_type=held.file.content_type,
                    size=held.file.size,
                    held_id=held.pk,
                )
                for held in found
                if held
            ]

    def upload_names(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, UploadField)]
