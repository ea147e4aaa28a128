"""What a script that sends files is told: where to go, with the cookies of the answer it did not follow."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory

from stars.kernel.middleware import upload


def answer(**headers: str) -> HttpResponse:
    def view(_request: HttpRequest) -> HttpResponse:
        response = redirect("/profils")
        response.set_cookie("sessionid", "new")
        return response

    return upload(view)(RequestFactory().post("/", headers=headers))


def test_a_script_is_told_where_to_go() -> None:
    told = answer(**{"X-Upload": "1"})
    assert (told.status_code, told["X-Location"], told.cookies["sessionid"].value) == (204, "/profils", "new")
    assert "Location" not in told


def test_a_form_without_a_script_is_led_on() -> None:
    led = answer()
    assert (led.status_code, led["Location"]) == (302, "/profils")


def test_what_is_no_redirect_stays_as_it_is() -> None:
    refused = upload(lambda _request: HttpResponse("no", status=422))(RequestFactory().post("/", HTTP_X_UPLOAD="1"))
    assert (refused.status_code, refused.content) == (422, b"no")
