from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from stars.kernel.kept import answer_first

        from .views.catalogue import PATH, look

        answer_first(PATH, look)
