"""What one can do at each DigComp level, in our words; shown on programme pages."""

from django.db import migrations

DESCRIPTIONS = {
    1: "ar palīdzību veikt vienkāršus uzdevumus",
    2: "vienkāršus uzdevumus veikt pašam, palīdzību lūdzot tikai vajadzības gadījumā",
    3: "patstāvīgi veikt ierastus, skaidri saprotamus uzdevumus",
    4: "patstāvīgi risināt arī neierastus uzdevumus atbilstoši savām vajadzībām",
    5: "risināt dažādus uzdevumus un palīdzēt citiem",
    6: "izvēlēties piemērotāko risinājumu un pielāgoties sarežģītās situācijās",
    7: "risināt sarežģītus uzdevumus un vadīt citu darbu savā nozarē",
    8: "risināt īpaši sarežģītus uzdevumus un ieviest jaunus risinājumus nozarē",
}


def fill(apps, schema_editor):
    model = apps.get_model("classifiers", "DigCompLevel")
    for number, description in DESCRIPTIONS.items():
        model.objects.filter(number=number).update(description=description)


class Migration(migrations.Migration):
    dependencies = [("classifiers", "0005_professions")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
