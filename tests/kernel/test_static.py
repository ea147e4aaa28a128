"""Our own scripts as they go out: whole, under a name by content, without comments."""

from pathlib import Path

from django.core.files.base import ContentFile

from stars.kernel.static import StaticFiles


def test_own_scripts_go_out_whole_and_without_comments(tmp_path: Path) -> None:
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    storage.save("js/a.js", ContentFile(b"// why\nconst one = 1;\n"))
    names = [hashed for _, hashed, _ in storage.post_process({"js/a.js": (storage, "js/a.js")}) if hashed]
    scripts = [path.read_bytes() for path in (tmp_path / "js").glob("*.js")]
    assert names[0] != "js/a.js"
    assert scripts == [b"const one=1;"]
