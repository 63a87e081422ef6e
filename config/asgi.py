"""The web server's door."""

import os

from django.core.asgi import get_asgi_application

from lib.uploads import bounded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = bounded(get_asgi_application())
