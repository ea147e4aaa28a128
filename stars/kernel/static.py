"""How static files are gathered: named by content, compressed, our own scripts without their comments (design.md 6)."""

from typing import Any

import rjsmin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Whitenoise's storage; what lies in `js/` goes out as small as it can without changing a name."""

    def _save(self, name: str, content: Any) -> str:
        if name.startswith("js/"):
            content = ContentFile(rjsmin.jsmin(b"".join(content.chunks())))
        saved: str = super()._save(name, content)
        return saved
