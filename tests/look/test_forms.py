"""What a form says to everybody: labels, hints, errors beside the field and the same words in the summary."""

import pytest
from django import forms

from tests.look.rendering import render, the, words


class SampleForm(forms.Form):
    email = forms.EmailField(
        label="E-pasta adrese",
        help_text="Rakstīsim tikai par pieteikumu.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"required": "Ievadiet e-pasta adresi"},
    )
    note = forms.CharField(label="Piezīmes", required=False, widget=forms.Textarea)
    region = forms.ChoiceField(label="Reģions", choices=[("", "Izvēlieties atbilstošo"), ("r", "Rīga")])
    place = forms.ChoiceField(
        label="Norises vieta",
        choices=[("1", "Rīga"), ("2", "attālināti")],
        widget=forms.RadioSelect,
        error_messages={"required": "Izvēlieties norises vietu"},
    )
    oath = forms.BooleanField(label="APLIECINU <b>visu</b>", error_messages={"required": "Apstipriniet"})
    proof = forms.FileField(label="Dokuments", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


ALL = "".join(f'<c-field :field="form.{name}" />' for name in SampleForm.base_fields)


@pytest.mark.parametrize("name", ["email", "note", "region", "proof", "oath"])
def test_every_control_has_its_label(name: str) -> None:
    page = render(f'<c-field :field="form.{name}" />', form=SampleForm())
    control = the(page, f"[name={name}]")
    label = the(page, "label")
    assert label["for"] == control["id"]
    assert str(SampleForm.base_fields[name].label) in words(label)


def test_the_optional_ones_are_marked_not_the_required_ones() -> None:
    page = render(ALL, form=SampleForm())
    marked = [words(tag) for tag in page.select(".label, .choice") if "(nav obligāts)" in words(tag)]
    assert marked == ["Piezīmes (nav obligāts)", "Dokuments (nav obligāts)"]


def test_a_hint_is_announced_and_widget_attributes_stay() -> None:
    control = the(render('<c-field :field="form.email" />', form=SampleForm()), "input")
    assert control["aria-describedby"] == "id_email-hint"
    assert control["autocomplete"] == "email"
    assert control["inputmode"] == "email"
    assert control["class"] == ["input"]
    assert "aria-invalid" not in control.attrs


def test_an_error_stands_beside_the_field_and_is_announced() -> None:
    page = render('<c-field :field="form.email" />', form=SampleForm({}))
    control = the(page, "input")
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "id_email-hint id_email-error"
    assert words(the(page, "#id_email-error")) == "Kļūda: Ievadiet e-pasta adresi"


def test_a_hint_of_the_page_replaces_the_hint_of_the_form() -> None:
    page = render('<c-field :field="form.email" hint="Cits" />', form=SampleForm())
    assert words(the(page, "#id_email-hint")) == "Cits"


def test_choices_are_a_group_with_a_legend() -> None:
    page = render(
        '<c-field :field="form.place" boxed :hints="hints" />', form=SampleForm({}), hints={"2": "tiešsaistē"}
    )
    group = the(page, "fieldset")
    assert group["aria-describedby"] == "id_place-error"
    assert words(the(group, "legend")) == "Norises vieta"
    assert [words(label) for label in group.select("label")] == ["Rīga", "attālināti tiešsaistē"]


def test_the_summary_says_the_same_words_and_its_links_reach_the_fields() -> None:
    form = SampleForm({})
    page = render(f'<c-errors :form="form" />{ALL}', form=form)
    summary = the(page, ".errors")
    assert summary["tabindex"] == "-1"
    assert summary["role"] == "alert"
    assert words(the(summary, "h2")) == "Pārbaudiet ievadītos datus"
    links = summary.select("a")
    assert [words(link) for link in links] == [text for field in form for text in field.errors]
    targets = [the(page, str(link["href"])).name for link in links]
    assert targets == ["input", "select", "input", "input"]


def test_an_error_of_the_whole_form_has_no_link() -> None:
    form = SampleForm({"email": "a@b.lv", "region": "r", "place": "1", "oath": "on"})
    form.add_error(None, "Kamēr aizpildījāt formu, dati mainījās.")
    summary = the(render('<c-errors :form="form" />', form=form), ".errors")
    assert words(the(summary, "li")) == "Kamēr aizpildījāt formu, dati mainījās."
    assert not summary.select("a")


@pytest.mark.parametrize(
    "form", [SampleForm(), SampleForm({"email": "a@b.lv", "region": "r", "place": "1", "oath": "1"}), None]
)
def test_no_summary_without_errors(form: SampleForm | None) -> None:
    assert words(render('<c-errors :form="form" />', form=form)) == ""


def test_the_errors_of_several_forms_share_one_summary() -> None:
    forms_ = [SampleForm({}, prefix="a"), SampleForm({}, prefix="b")]
    links = render('<c-errors :forms="forms" />', forms=forms_).select("a")
    assert {str(link["href"])[:5] for link in links} == {"#id_a", "#id_b"}


def test_text_of_people_never_becomes_markup() -> None:
    page = render(
        '<c-field :field="form.oath" /><c-card title="{{ name }}" /><c-fact label="{{ name }}">{{ name }}</c-fact>'
        '<c-answer label="{{ name }}" change="{{ name }}">{{ name }}</c-answer><c-status label="{{ name }}" />'
        '<c-search label="{{ name }}" value="{{ name }}" /><c-card :title="name" />',
        form=SampleForm(),
        name='"><script>alert(1)</script>',
    )
    assert not page.select("script, b")
    assert 'value=""&gt;' not in str(page)
    assert the(page, "input[type=search]")["value"] == '"><script>alert(1)</script>'


def test_a_posted_form_carries_the_token_and_leaves_checks_to_the_server() -> None:
    form = the(render('<c-form autosave="/melnraksts">x</c-form>'), "form")
    assert form["method"] == "post"
    assert "novalidate" in form.attrs
    assert form["data-autosave"] == "/melnraksts"
    assert the(form, "input[name=csrfmiddlewaretoken]")["value"]


def test_a_form_that_only_asks_carries_no_token() -> None:
    assert not render('<c-form method="get">x</c-form>').select("input")


def test_a_hidden_field_is_only_an_input() -> None:
    page = render('<c-field :field="form.token" />', form=SampleForm())
    assert the(page, "input")["type"] == "hidden"
    assert not page.select("label, .field")


def test_the_confirmation_sends_with_a_token_and_the_safe_way_stands_second() -> None:
    page = render(
        '<c-confirm title="Vai tiešām?" confirm="Atteikties" cancel_href="/profils"><p>Vieta būs brīva.</p></c-confirm>'
    )
    form = the(page, "[data-confirm] form")
    assert form["method"] == "post"
    assert the(form, "input[name=csrfmiddlewaretoken]")
    assert [words(one) for one in form.select("button, a")] == ["Atteikties", "Atcelt"]
    assert the(form, "[data-close]")["href"] == "/profils"
    assert words(the(page, "h1")) == "Vai tiešām?"


def test_the_steps_say_where_one_is_in_words() -> None:
    page = render('<c-steps :labels="labels" :current="2" />', labels=["Kontakti", "Mācības", "Apliecinājumi"])
    assert the(page, "ol")["aria-label"] == "2. solis no 3"
    assert words(the(page, "[aria-current=step]")) == "2. solis no 3: Mācības"
    assert words(page.select("li")[0]) == "Kontakti (izpildīts)"


def test_an_earlier_step_with_nothing_in_it_is_not_called_done() -> None:
    labels = ["Vietas", "Programma", "Pieteikums"]
    page = render('<c-steps :labels="labels" :current="3" :undone="undone" />', labels=labels, undone={1})
    assert [words(one) for one in page.select("li:not([aria-current])")] == [
        "1 Vietas (vēl nav izpildīts)",
        "Programma (izpildīts)",
    ]
    assert len(page.select(".done")) == 1
