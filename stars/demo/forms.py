"""Fields of every kind, for the page of the components only."""

from django import forms

from stars.kernel.typed import DayField, IbanField, MoneyField

REGIONS = [("", "Izvēlieties atbilstošo"), ("1", "Vidzemes"), ("2", "Latgales")]
REASONS = [("1", "Lai labāk paveiktu pašreizējo darbu"), ("2", "Lai iegūtu apliecību/sertifikātu"), ("3", "Citi")]
TOWNS = ["Ādaži", "Aizkraukle", "Bauska", "Cēsis", "Daugavpils", "Gulbene", "Jelgava", "Jūrmala", "Ķekava", "Liepāja"]
TOWNS += ["Ļaudona", "Rēzekne", "Rīga", "Valmiera", "Ventspils"]
PLACES = [("1", "Rīga, Brīvības iela 144"), ("2", "attālināti")]


class EveryKindForm(forms.Form):
    """What a person can be asked, one field of each look."""

    email = forms.EmailField(
        label="E-pasta adrese",
        help_text="Rakstīsim tikai par pieteikumu.",
        error_messages={"required": "Ievadiet e-pasta adresi"},
    )
    region = forms.ChoiceField(
        label="Jūsu dzīvesvietas reģions",
        choices=REGIONS,
        error_messages={"required": "Izvēlieties reģionu"},
    )
    place = forms.ChoiceField(
        label="Norises vieta",
        choices=PLACES,
        widget=forms.RadioSelect,
        error_messages={"required": "Izvēlieties norises vietu"},
    )
    reasons = forms.MultipleChoiceField(
        label="Kādi ir galvenie iemesli šīs izglītības programmas izvēlei?",
        choices=REASONS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Atzīmējiet vismaz vienu iemeslu"},
    )
    look = forms.ChoiceField(
        label="Teksta izmērs",
        choices=[("1", "100 %"), ("2", "125 %"), ("3", "150 %")],
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.CharField(label="Piezīmes", widget=forms.Textarea, required=False)
    town = forms.ChoiceField(
        label="Pašvaldība",
        choices=[("", "Izvēlieties atbilstošo"), *((name, name) for name in TOWNS)],
        error_messages={"required": "Izvēlieties pašvaldību"},
    )
    day = DayField(label="Datums", error_messages={"required": "Ievadiet datumu, piemēram, 14.04.2025."})
    cost = MoneyField(label="Izmaksas, €", error_messages={"required": "Ievadiet summu, piemēram, 427,43"})
    account = IbanField(
        label="Konta numurs", error_messages={"required": "Ievadiet konta numuru, kas sākas ar LV un satur 21 zīmi"}
    )
    street = forms.CharField(label="Iela", required=False)
    proof = forms.FileField(
        label="Izglītības dokuments", error_messages={"required": "Pievienojiet PDF, JPG, PNG vai EDOC failu"}
    )
    levels = forms.MultipleChoiceField(
        label="DigComp līmenis",
        choices=[(str(n), str(n)) for n in range(1, 9)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    oath = forms.BooleanField(
        label="APLIECINU, ka esmu iepazinies/usies ar programmas saturu",
        error_messages={"required": "Apstipriniet, ka zināt programmas saturu"},
    )
