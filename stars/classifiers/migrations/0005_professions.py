"""A start list of professions; the field of the form takes any words, these are suggestions."""

from django.db import migrations

PROFESSIONS = [
    ("0000 00", "Pašlaik nestrādāju"),
    ("1120 01", "Valdes loceklis"),
    ("1211 02", "Finanšu direktors"),
    ("1219 01", "Projektu vadītājs"),
    ("1219 07", "Saimniecības vadītājs"),
    ("1221 01", "Pārdošanas vadītājs"),
    ("1330 01", "Informācijas tehnoloģiju nodaļas vadītājs"),
    ("1420 01", "Veikala vadītājs"),
    ("2132 01", "Agronoms"),
    ("2142 02", "Būvinženieris"),
    ("2144 01", "Inženieris mehāniķis"),
    ("2151 01", "Inženieris elektriķis"),
    ("2166 01", "Grafikas dizaineris"),
    ("2211 01", "Ārsts"),
    ("2221 01", "Medicīnas māsa"),
    ("2310 01", "Augstskolas docētājs"),
    ("2330 01", "Vispārējās vidējās izglītības skolotājs"),
    ("2341 01", "Sākumskolas skolotājs"),
    ("2342 01", "Pirmsskolas izglītības skolotājs"),
    ("2411 01", "Vecākais grāmatvedis"),
    ("2423 01", "Personāla vadītājs"),
    ("2431 01", "Mārketinga speciālists"),
    ("2511 01", "Sistēmanalītiķis"),
    ("2512 01", "Programmētājs"),
    ("2513 01", "Tīmekļa lietotņu izstrādātājs"),
    ("2519 01", "Programmatūras testētājs"),
    ("2521 01", "Datubāzu administrators"),
    ("2522 01", "Sistēmu administrators"),
    ("2529 01", "Informācijas drošības speciālists"),
    ("2611 01", "Jurists"),
    ("2622 01", "Bibliotekārs"),
    ("2631 01", "Ekonomists"),
    ("2635 01", "Sociālais darbinieks"),
    ("2642 01", "Žurnālists"),
    ("3112 01", "Būvtehniķis"),
    ("3113 01", "Elektrotehniķis"),
    ("3119 01", "Automātikas tehniķis"),
    ("3240 01", "Veterinārārsta asistents"),
    ("3313 01", "Grāmatvedis"),
    ("3322 01", "Tirdzniecības pārstāvis"),
    ("3343 01", "Biroja administrators"),
    ("3511 01", "Datorsistēmu tehniķis"),
    ("3512 01", "Informācijas tehnoloģiju lietotāju atbalsta speciālists"),
    ("4110 01", "Lietvedis"),
    ("4222 01", "Klientu apkalpošanas speciālists"),
    ("4321 01", "Noliktavas pārzinis"),
    ("4323 01", "Loģistikas speciālists"),
    ("5120 01", "Pavārs"),
    ("5131 01", "Viesmīlis"),
    ("5141 01", "Frizieris"),
    ("5223 01", "Pārdevējs"),
    ("5321 01", "Medicīnas māsas palīgs"),
    ("5322 01", "Aprūpētājs"),
    ("6111 01", "Lauksaimnieks"),
    ("7115 01", "Namdaris"),
    ("7212 01", "Metinātājs"),
    ("7223 01", "CNC darbgaldu operators"),
    ("7231 01", "Automehāniķis"),
    ("7411 01", "Elektriķis"),
    ("7522 01", "Galdnieks"),
    ("7531 01", "Šuvējs"),
    ("8172 01", "Kokapstrādes iekārtu operators"),
    ("8331 01", "Autobusa vadītājs"),
    ("8332 01", "Kravas automobiļa vadītājs"),
    ("8341 01", "Lauksaimniecības tehnikas operators"),
    ("9112 01", "Uzkopšanas darbinieks"),
    ("9333 01", "Noliktavas darbinieks"),
    ("9621 01", "Kurjers"),
]


def fill(apps, schema_editor):
    model = apps.get_model("classifiers", "Profession")
    model.objects.bulk_create(model(code=code, title=title) for code, title in PROFESSIONS)


class Migration(migrations.Migration):
    dependencies = [("classifiers", "0004_digcomp")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
