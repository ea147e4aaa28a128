"""Turns a service's refusal into a form error, so that nothing typed is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm

from .errors import DomainError


@contextmanager
def refusals(form: BaseForm) -> Iterator[None]:
    """A DomainError or ValidationError raised inside becomes an error of `form`."""
    try:
        yield
    except DomainError as error:
        form.add_error(None, ValidationError(error.message, code=error.code))
    except ValidationError as error:
        fields: Any = getattr(error, "error_dict", None)
        if fields and set(fields) <= set(form.fields) | {"__all__"}:
            form.add_error(None, error)
        else:
            form.add_error(None, ValidationError(error.messages))
