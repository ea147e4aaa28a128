"""What people type about themselves, and how it is told that something is missing (screens.md 5, design.md 7)."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import ClientProfile
from accounts.services import Declared
from stars.classifiers.models import EconomicStatus, EducationLevel, InformationSource, RegistrationReason, Sector

from .contacts import CHOOSE, email_field, phone_field

YES_NO = (("", CHOOSE), ("yes", _("Yes")), ("no", _("No")))
_AS_TEXT = {True: "yes", False: "no", None: ""}
_AS_FLAG = {text: flag for flag, text in _AS_TEXT.items()}


class SectorsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Model) -> str:
        return str(getattr(obj, "registration_label", obj))


def _select(model: type[Model], label: Any, missing: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        model._default_manager.none(),
        label=label,
        empty_label=CHOOSE,
        error_messages={"required": missing, "invalid_choice": missing},
    )


def _ticks(kind: type[forms.ModelMultipleChoiceField], model: type[Model], label: Any, missing: Any) -> Any:
    return kind(
        model._default_manager.none(),
        label=label,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": missing,
            "invalid_choice": missing,
            "invalid_pk_value": missing,
            "invalid_list": missing,
        },
    )


class Difference(NamedTuple):
    """A field whose kept value is another than the typed one."""

    label: str
    kept: str


class DeclaredForm(forms.Form):
    """The fields of registration, the same in Mans profils; names and personal code are the state's, not among them."""

    email = email_field()
    phone = phone_field()
    economic_status = _select(
        EconomicStatus, _("I DECLARE my economic activity status"), _("Choose your economic activity status")
    )
    education = _select(
        EducationLevel,
        _("I DECLARE my education so far (mark the highest level)"),
        _("Choose the education you have so far"),
    )
    low_income = forms.ChoiceField(
        label=_("I DECLARE that I represent a household granted low-income or needy status"),
        choices=YES_NO,
        required=False,
        error_messages={"invalid_choice": _("Choose Yes or No")},
    )
    registration_reasons = _ticks(
        forms.ModelMultipleChoiceField,
        RegistrationReason,
        _("Please give the main reasons why you want to register in the skills management platform?"),
        _("Mark at least one reason"),
    )
    other_reason = forms.CharField(
        label=_("Your other answer"),
        max_length=300,
        required=False,
        error_messages={"max_length": _("Write the answer in at most 300 characters")},
    )
    sectors = _ticks(
        SectorsField,
        Sector,
        _("If you decide to learn, programmes of which branch or field will you choose?"),
        _("Mark at least one field"),
    )
    information_sources = _ticks(
        forms.ModelMultipleChoiceField,
        InformationSource,
        _("How did you learn about the skills management platform?"),
        _("Mark at least one answer"),
    )

    def __init__(self, *args: Any, profile: ClientProfile | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profile = profile
        for name in ("economic_status", "education", "registration_reasons", "information_sources"):
            self._offer(name)
        sectors: Any = self.fields["sectors"]
        sectors.queryset = Sector.objects.order_by("number")
        self.fields["registration_reasons"].help_text = gettext("Mark all that apply.")
        self.fields["sectors"].help_text = gettext("Mark all that apply.")
        self.fields["information_sources"].help_text = gettext("Mark all that apply.")

    def _offer(self, name: str) -> None:
        """Choices in use now, and those this client has chosen before."""
        field: Any = self.fields[name]
        rows: QuerySet[Any] = field.queryset.model._default_manager.all()
        chosen = _chosen(self.profile, name) if self.profile else []
        field.queryset = rows.filter(Q(is_active=True) | Q(pk__in=chosen))

    def clean_sectors(self) -> list[Sector]:
        sectors = list(self.cleaned_data["sectors"])
        if len(sectors) > 1 and any(sector.excludes_others for sector in sectors):
            raise forms.ValidationError(
                _('Mark either fields, or only "I do not know", or only "I do not want to learn"'),
                code="excludes_others",
            )
        return sectors

    def clean(self) -> dict[str, Any]:
        """Words for "other" tick it; the tick asks for words."""
        cleaned = super().clean() or self.cleaned_data
        reasons = list(cleaned.get("registration_reasons") or [])
        words = cleaned.get("other_reason", "")
        other = RegistrationReason.objects.filter(asks_text=True, is_active=True).first()
        is_ticked = any(reason.asks_text for reason in reasons)
        if is_ticked and not words and "other_reason" not in self.errors:
            self.add_error("other_reason", forms.ValidationError(_("Enter your other answer"), code="required"))
        if words and not is_ticked and other is not None:
            reasons.append(other)
            self.errors.pop("registration_reasons", None)
        cleaned["registration_reasons"] = reasons
        return cleaned

    def declared(self) -> Declared:
        """The checked answers, for the services."""
        known = self.cleaned_data
        return Declared(
            email=known["email"],
            phone=known["phone"],
            economic_status=known["economic_status"],
            education=known["education"],
            low_income=_AS_FLAG[known["low_income"]],
            registration_reasons=known["registration_reasons"],
            other_reason=known["other_reason"],
            sectors=known["sectors"],
            information_sources=list(known["information_sources"]),
        )


def _chosen(profile: ClientProfile, name: str) -> list[int]:
    value = getattr(profile, name)
    return [row.pk for row in value.all()] if hasattr(value, "all") else [value.pk]


class RegistrationForm(DeclaredForm):
    """The form of /registreties."""


class ProfileForm(DeclaredForm):
    """The form of Mans profils: opened on one version, saved only over the same (K6)."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    @classmethod
    def of(cls, profile: ClientProfile, data: Any = None) -> "ProfileForm":
        initial: dict[str, Any] = {
            name: _chosen(profile, name) for name in ("registration_reasons", "sectors", "information_sources")
        }
        initial |= {name: getattr(profile, name) for name in ("email", "phone", "other_reason", "version")}
        initial |= {"economic_status": profile.economic_status_id, "education": profile.education_id}
        initial |= {"low_income": _AS_TEXT[profile.low_income]}
        return cls(data, profile=profile, initial=initial)

    def take_version(self, version: int) -> None:
        """After a conflict was shown, sending the same form again saves it."""
        data: Any = self.data
        data = data.copy()
        data["version"] = str(version)
        self.data = data

    def differences(self) -> list[Difference]:
        """What is kept now, for each field where something else was typed."""
        if self.profile is None:
            return []
        declared, kept = self.declared(), self.profile
        pairs: Iterable[tuple[str, Any, Any]] = (
            (name, _shown(getattr(kept, name)), _shown(getattr(declared, name)))
            for name in self.fields
            if name != "version"
        )
        return [Difference(str(self.fields[name].label), str(was or "–")) for name, was, typed in pairs if was != typed]


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return str(dict(YES_NO)[_AS_TEXT[value]]) if value is not None else ""
    if hasattr(value, "all"):
        value = value.all()
    if isinstance(value, QuerySet | list):
        return "; ".join(str(getattr(row, "registration_label", row)) for row in value)
    return str(value)


def speak_for_client(form: Any) -> Any:
    """The same form in the mouth of a coordinator: it is the client who declares (screens.md 11, K4)."""
    for field in form.fields.values():
        field.label = str(field.label).replace("APLIECINU", "Klients APLIECINA").replace("pārstāvu", "pārstāv")
    return form
