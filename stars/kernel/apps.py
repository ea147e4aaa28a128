from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    default = True
    name = "stars.kernel"
    verbose_name = _("Journal")


class AgencyAdminConfig(admin.AdminConfig):
    """Django's admin under the agency's own site: its menu and its first page."""

    default = False
    default_site = "stars.pages.agency.AgencySite"
