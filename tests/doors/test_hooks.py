"""What Twilio reports is heard only if Twilio has signed it for exactly this address and these fields (S-14)."""

import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from doorway import hooks
from notifications.channels.reporting import report_url
from notifications.channels.twilio import make
from notifications.models import Message, MessageState
from tests.build import KEYS, PHONE, World
from tests.conftest import settings_for
from tests.domain.test_messages import LATER
from tests.domain.test_settling import Machine, confirmation, send
from tests.fake_twilio import ACCOUNT, SERVICE, TOKEN, Callback, FakeTwilio, signed
from wsgi import create_app

PUBLIC_URL = "https://termin.example.org"


@pytest.fixture
def app(world: World, database_url: str) -> Iterator[Flask]:
    """The app as it runs behind a proxy that speaks HTTPS, with Twilio."""
    app = create_app(
        settings_for(
            database_url, demo=False, public_url=PUBLIC_URL, sms_provider="twilio", twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN, twilio_messaging_service_sid=SERVICE, requests_a_minute=1,
        )
    )  # fmt: skip
    yield app
    app.extensions["empfang"].database.engine.dispose()


@pytest.fixture
def sent(world: World, app: Flask) -> Iterator[FakeTwilio]:
    """Twilio has taken a confirmation and will report on it."""
    with FakeTwilio() as twilio:
        world.book(LATER, phone=PHONE)
        settings = app.extensions["empfang"].settings
        there = settings_for(
            settings.database_url, **{n: getattr(settings, n) for n in ("public_url", "twilio_account_sid",
            "twilio_auth_token", "twilio_messaging_service_sid")}, twilio_base_url=twilio.url,
        )  # fmt: skip
        assert send(world, make(there), Machine()) == 1
        yield twilio


@pytest.fixture
def provider(app: Flask) -> FlaskClient:
    """Twilio, as it reaches us: by plain HTTP from a proxy, with neither cookie nor form token."""
    return app.test_client()


def deliver(provider: FlaskClient, callback: Callback, **fields: str) -> TestResponse:
    """Through the proxy, from an address that is never trusted."""
    fields = {**callback.fields, **fields}
    return provider.post(
        callback.path, data=fields, headers=callback.headers, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )


def sid(twilio: FakeTwilio) -> str:
    return twilio.to(PHONE)[0].sid


def test_a_report_is_heard_though_a_proxy_has_rewritten_the_scheme(provider, sent: FakeTwilio, world: World):
    answer = deliver(provider, sent.report(sid(sent), "delivered"))
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Set-Cookie" not in answer.headers
    assert confirmation(world).state is MessageState.DELIVERED


def test_a_query_that_was_signed_with_the_address_belongs_to_it(provider, sent: FakeTwilio, world: World):
    true = sent.report(sid(sent), "delivered")
    assert deliver(provider, signed(f"{true.url}?bodySHA256=x&again=%C3%BC", true.fields)).status_code == 204
    assert confirmation(world).state is MessageState.DELIVERED


def test_reports_in_any_order_and_twice_never_go_back(provider, sent: FakeTwilio, world: World):
    told = [sent.report(sid(sent), status) for status in ("queued", "sent", "delivered")]
    for callback in (told[2], told[0], told[2], told[1], told[0]):
        assert deliver(provider, callback).status_code == 204
    assert confirmation(world).state is MessageState.DELIVERED


def test_what_did_not_arrive_is_known_with_its_reason(provider, sent: FakeTwilio, world: World):
    assert deliver(provider, sent.report(sid(sent), "undelivered", 30006)).status_code == 204
    assert (confirmation(world).state, confirmation(world).error) == (MessageState.FAILED, "30006")


@pytest.mark.parametrize(
    "change",
    [{"MessageStatus": "undelivered"}, {"ErrorCode": "21610"}, {"To": "+491729980752"}, {"Body": "one field more"}],
)
def test_a_tampered_or_added_field_is_refused_logged_and_changes_nothing(
    provider, sent: FakeTwilio, world: World, change: dict[str, str], caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.INFO):
        assert deliver(provider, sent.report(sid(sent), "delivered"), **change).status_code == 403
    assert confirmation(world).state is MessageState.HANDED_OVER
    assert "its signature is wrong" in caplog.text
    assert not [value for value in (PHONE[1:], sid(sent), *change.values()) if value in caplog.text]


@pytest.mark.parametrize("token", [TOKEN + "x", ""])
def test_without_twilios_own_signature_nobody_is_heard(provider, sent: FakeTwilio, world: World, token: str):
    true = sent.report(sid(sent), "delivered")
    assert deliver(provider, signed(true.url, true.fields, token)).status_code == 403
    assert provider.post(true.path, data=true.fields).status_code == 403
    assert provider.post(true.path, data=true.fields, headers={"X-Twilio-Signature": "ü"}).status_code == 403
    assert confirmation(world).state is MessageState.HANDED_OVER


def test_a_true_report_replayed_at_another_address_is_refused(provider, sent: FakeTwilio, world: World):
    true = sent.report(sid(sent), "delivered")
    other = report_url(PUBLIC_URL, KEYS, str(confirmation(world).id + 1)).removeprefix(PUBLIC_URL)
    for path in (other, true.path + "?a=1", true.path + "/"):
        answer = provider.post(path, data=true.fields, headers=true.headers)
        assert answer.status_code in {403, 404}, path
    assert confirmation(world).state is MessageState.HANDED_OVER


def test_a_guessed_address_is_refused_like_a_wrong_signature(provider, sent: FakeTwilio, world: World):
    true = sent.report(sid(sent), "delivered")
    guessed = signed(f"{PUBLIC_URL}/hooks/sms/{confirmation(world).id}/{'x' * 22}", true.fields)
    answers = [deliver(provider, guessed), provider.post(true.path, data=true.fields)]
    assert [(a.status_code, a.data) for a in answers] == [(403, b"")] * 2
    assert confirmation(world).state is MessageState.HANDED_OVER


def test_a_report_on_a_message_nobody_knows_is_taken_quietly(provider, sent: FakeTwilio, world: World):
    true = sent.report(sid(sent), "delivered")
    assert deliver(provider, signed(report_url(PUBLIC_URL, KEYS, "999999"), true.fields)).status_code == 204
    assert confirmation(world).state is MessageState.HANDED_OVER


def test_a_word_twilio_may_invent_says_nothing(provider, sent: FakeTwilio, world: World):
    assert deliver(provider, sent.report(sid(sent), "teleported")).status_code == 204
    assert confirmation(world).state is MessageState.HANDED_OVER


def test_a_report_may_come_before_the_answer_that_twilio_took_it(provider, sent: FakeTwilio, world: World):
    early = confirmation(world)
    with world.database.transaction(None, LATER) as tx:
        row = tx.session.get_one(Message, early.id)
        row.state, row.provider_id, row.sent_at = MessageState.CLAIMED, None, None
    assert deliver(provider, sent.report(sid(sent), "sent")).status_code == 204
    assert (confirmation(world).state, confirmation(world).provider_id) == (MessageState.HANDED_OVER, sid(sent))


def test_a_body_nobody_at_twilio_would_send_is_not_read(provider, sent: FakeTwilio):
    true = sent.report(sid(sent), "delivered")
    assert deliver(provider, true, Body="x" * hooks.LONGEST_BODY).status_code == 413


def test_where_twilio_is_not_the_provider_there_is_no_such_page(database_url: str, world: World):
    app = create_app(settings_for(database_url, demo=False, public_url=PUBLIC_URL))
    path = report_url(PUBLIC_URL, KEYS, "1").removeprefix(PUBLIC_URL)
    assert app.test_client().post(path, data={}).status_code == 404
    assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/hooks")]
    app.extensions["empfang"].database.engine.dispose()


def test_every_route_of_the_provider_is_behind_its_gate_and_no_other_form_is_free_of_its_token(app: Flask):
    mounted = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/hooks")}
    free = {name for name, view in app.view_functions.items() if getattr(view, "gate", "") == "provider"}
    assert mounted == free
    assert {name.partition(".")[0] for name in mounted} == {"hooks"}
    assert app.extensions["csrf"]._exempt_blueprints == {hooks.blueprint}
    assert app.extensions["csrf"]._exempt_views == set()
