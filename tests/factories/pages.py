"""Pages, sections, news and questions as the agency writes them."""

from datetime import date, timedelta

import factory
from django.utils import timezone

from funding.models import FundingSource
from stars.pages import models
from tests.factories.accounts import ClientFactory
from tests.factories.files import StoredFileFactory


class ContentPageFactory(factory.django.DjangoModelFactory):
    """A published page in the top menu; `menu_label=""` takes it out, `parent=…` puts it under another."""

    class Meta:
        model = models.ContentPage

    slug = factory.Sequence(lambda n: f"lapa-{n}")
    title = factory.Sequence(lambda n: f"Lapa {n}")
    menu_label = factory.LazyAttribute(lambda o: o.title)
    lead = "Par ko ir šī lapa."
    position = factory.Sequence(lambda n: n)


class PageSectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.PageSection

    page = factory.SubFactory(ContentPageFactory)
    heading = factory.Sequence(lambda n: f"Sadaļa {n}")
    body = "Teksts."


class NewsItemFactory(factory.django.DjangoModelFactory):
    """Published an hour ago; `to_come=True` makes one that is not out yet."""

    class Meta:
        model = models.NewsItem

    slug = factory.Sequence(lambda n: f"jaunums-{n}")
    title = factory.Sequence(lambda n: f"Jaunums {n}")
    lead = "Īsumā."
    body = "Teksts."
    published_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))

    class Params:
        to_come = factory.Trait(published_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=1)))


class FrequentQuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.FrequentQuestion

    category = "Pieteikšanās"
    question = factory.Sequence(lambda n: f"Jautājums {n}?")
    answer = "Atbilde."
    position = factory.Sequence(lambda n: n)


class IndicatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Indicator

    source = factory.LazyFunction(lambda: FundingSource.objects.get(code="imk"))
    measure = models.Indicator.Measure.USERS
    target = 1000
    due = date(2027, 5, 31)


class DataExportFactory(factory.django.DjangoModelFactory):
    """A file of own data that waits to be made; `ready=True` has one that the scanner has let through."""

    class Meta:
        model = models.DataExport

    person = factory.LazyFunction(lambda: ClientFactory.create().person)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=24))

    class Params:
        ready = factory.Trait(
            state=models.DataExport.State.READY, file=factory.SubFactory(StoredFileFactory, clean=True)
        )


class RetentionTermFactory(factory.django.DjangoModelFactory):
    """The migration has written one row for each subject: the factory gives that row."""

    class Meta:
        model = models.RetentionTerm
        django_get_or_create = ("subject",)

    subject = "notices"
    days = 1096
