"""Classifier rows are data of the migrations: these factories add rows of their own beside them."""

from datetime import date, timedelta

import factory

from stars.classifiers import models


class ClassifierFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    code = factory.Sequence(lambda n: f"test-{n}")
    label = factory.Sequence(lambda n: f"Izvēle {n}")
    position = 99


class SectorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Sector

    number = factory.Sequence(lambda n: 100 + n)
    registration_label = factory.LazyAttribute(lambda o: f"Nozari {o.number}")
    programme_label = factory.LazyAttribute(lambda o: f"Nozares {o.number} nozare")
    name = factory.LazyAttribute(lambda o: f"Nozare {o.number}")


class PlanningRegionFactory(ClassifierFactory):
    class Meta:
        model = models.PlanningRegion


class MunicipalityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Municipality

    code = factory.Sequence(lambda n: f"test-novads-{n}")
    name = factory.Sequence(lambda n: f"Izmēģinājuma {n}. novads")
    valid_from = date(2021, 7, 1)


class RegionMembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.RegionMembership

    municipality = factory.SubFactory(MunicipalityFactory)
    region = factory.SubFactory(PlanningRegionFactory)
    valid_from = date(2021, 7, 1)


class EducationLevelFactory(ClassifierFactory):
    class Meta:
        model = models.EducationLevel


class EconomicStatusFactory(ClassifierFactory):
    class Meta:
        model = models.EconomicStatus


class PriorEducationFactory(ClassifierFactory):
    class Meta:
        model = models.PriorEducation


class ProgrammeKindFactory(ClassifierFactory):
    class Meta:
        model = models.ProgrammeKind


class QualificationFactory(ClassifierFactory):
    class Meta:
        model = models.Qualification


class ProfessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Profession

    code = factory.Sequence(lambda n: f"9{n // 100:03d} {n % 100:02d}")
    title = factory.Sequence(lambda n: f"Izmēģinātājs {n}")


class RegistrationReasonFactory(ClassifierFactory):
    class Meta:
        model = models.RegistrationReason


class InformationSourceFactory(ClassifierFactory):
    class Meta:
        model = models.InformationSource


class ChoiceReasonFactory(ClassifierFactory):
    class Meta:
        model = models.ChoiceReason


class RejectionReasonFactory(ClassifierFactory):
    class Meta:
        model = models.RejectionReason

    next_step = "Izvēlieties citu programmu."


class DigCompAreaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.DigCompArea

    framework = "test"
    number = factory.Sequence(lambda n: n)
    label = factory.LazyAttribute(lambda o: f"Joma {o.number}")


class DigCompCompetenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.DigCompCompetence

    area = factory.SubFactory(DigCompAreaFactory)
    number = 1
    label = "Kompetence"


class DigCompLevelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.DigCompLevel

    number = factory.Sequence(lambda n: 20 + n)
    band = "Izmēģinājuma līmenis"


class CalendarExceptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.CalendarException

    day = factory.Sequence(lambda n: date(2090, 1, 2) + timedelta(days=n))
    is_working = False
    reason = "Ministru kabineta rīkojums"
