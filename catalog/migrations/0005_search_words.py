"""What is misspelt is looked up among the words of the catalogue; programmes are written down anew with the newer stems."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations, models

from catalog.search import NAME_ENDS, indexed


def write_down(apps: Any, _editor: Any) -> None:
    programmes, words = apps.get_model("catalog", "Programme"), apps.get_model("catalog", "SearchWord")
    found: set[str] = set()
    for programme in programmes.objects.select_related("institution", "kind", "sector", "qualification").iterator():
        text = indexed(*_texts(programme))
        programmes.objects.filter(pk=programme.pk).update(search_text=text)
        found.update(word for word in text.split() if word != NAME_ENDS and len(word) <= 100)
    words.objects.bulk_create((words(word=word) for word in sorted(found)), ignore_conflicts=True, batch_size=1000)


def _texts(programme: Any) -> Iterator[str]:
    yield programme.name
    yield from programme.main_topics
    yield programme.qualification.label if programme.qualification else ""
    yield programme.kind.label
    yield programme.description
    for taught in programme.competences.select_related("competence"):
        yield taught.competence.label
    yield programme.sector.name
    yield programme.institution.name
    for venue in programme.venues.select_related("municipality"):
        place = venue.name if venue.is_remote else venue.address
        yield f"{place} {venue.municipality.name if venue.municipality else ''}"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_version_triggers")]
    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=100, unique=True, verbose_name="word")),
            ],
            options={
                "verbose_name": "word of the search",
                "verbose_name_plural": "words of the search",
                "ordering": ["word"],
            },
        ),
        migrations.RunPython(write_down, migrations.RunPython.noop),
    ]
