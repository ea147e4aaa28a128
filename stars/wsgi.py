"""The web server's way in; with the wrong keys nothing is served (COD-03)."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from stars.kernel import keys  # noqa: E402 - its models need the apps loaded

keys.refuse_wrong_keys()
