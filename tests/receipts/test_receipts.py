"""A delegation takes a receipt home, and checks it without the application."""

import json
import subprocess
import sysconfig
import venv
from datetime import timedelta
from pathlib import Path

import pytest

from consultation.moderation.actions import undo
from consultation.moderation.models import Decision
from consultation.receipts.rules import DECISIONS, OWN_ACTS
from consultation.receipts.wording import ACTS
from consultation.record import clock, sealing
from consultation.record.models import Entry, Head, Leaf
from consultation.record.verify import Failed, check, check_older, main
from consultation.secretariat.actions import erase_person, merge_organisations
from tests import factories

WORDS = "Said by us, é and ‘so’."


@pytest.fixture
def comment(consultation, contributor):
    return factories.submitted(contributor, consultation, body=WORDS)


def code_of(thing, kind=None):
    leaves = Leaf.objects.about(thing)
    return (leaves.filter(entry__kind=kind) if kind else leaves).first().code


def taken(as_user, person, code):
    answer = as_user(person).get(f"/receipts/{code}.json")
    return json.loads(answer.content) if answer.status_code == 200 else answer.status_code


def failing(receipt, **how):
    with pytest.raises(Failed) as failed:
        check(receipt, **how)
    return failed.value.step


def test_a_receipt_is_pending_until_its_entry_is_sealed_and_then_proves(comment, contributor, as_user):
    pending = taken(as_user, contributor, code_of(comment))
    assert pending["head"] is None
    assert failing(pending) == "sealed"
    assert "Pending" in as_user(contributor).get(f"/receipts/{code_of(comment)}/").content.decode()
    sealing.seal_all()
    receipt = taken(as_user, contributor, code_of(comment))
    check(receipt)
    check(receipt, receipt["head"]["key"])
    assert receipt["fields"]["words"]["value"]["body"] == WORDS
    assert receipt["fields"]["person.name"]["value"] == contributor.name
    assert receipt["fields"]["content.organisation_name"]["value"] == str(factories.organisation_of(contributor))
    assert "value" not in receipt["fields"]["subject"]
    assert receipt["commitment"] == pending["commitment"]


@pytest.fixture
def elsewhere(tmp_path):
    """A machine without the application: a Python of its own that knows one package, for the signature."""
    venv.create(tmp_path / "python", with_pip=False, symlinks=True)
    (packages,) = (tmp_path / "python").glob("lib/python3*/site-packages")
    for name in ("cryptography", "cffi", "pycparser", "_cffi_backend*"):  # what pip installs with it
        for found in Path(sysconfig.get_path("platlib")).glob(name):
            (packages / found.name).symlink_to(found)

    def ran(*command):
        program = [tmp_path / "python" / "bin" / "python", "-I", *command]
        return subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False, env={})

    return ran


def test_an_outsider_checks_it_with_the_one_file_and_no_application(
    comment, contributor, as_user, client, tmp_path, elsewhere
):
    """The file is the one that the site gives; nothing of Django or of us can be imported beside it."""
    sealing.seal_all()
    receipt = taken(as_user, contributor, code_of(comment))
    (tmp_path / "receipt.json").write_text(json.dumps(receipt))
    (tmp_path / "verify.py").write_bytes(client.get("/record/verify.py").content)
    for missing in ("django", "consultation", "allauth"):
        assert "ModuleNotFoundError" in elsewhere("-c", f"import {missing}").stderr
    answer = elsewhere("verify.py", "receipt.json", "--key", receipt["head"]["key"])
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith(f"OK: {receipt['code']} is entry 1 of 1")
    receipt["fields"]["words"]["value"]["body"] = "Not said."
    (tmp_path / "receipt.json").write_text(json.dumps(receipt))
    answer = elsewhere("verify.py", "receipt.json")
    assert answer.returncode == 1
    assert answer.stdout == "FAILED at commitment: The fields are not what was recorded.\n"


def test_an_outsider_checks_that_the_record_goes_on_from_a_head_they_kept(
    consultation, comment, contributor, as_user, client, tmp_path, elsewhere, monkeypatch
):
    sealing.seal_all()
    kept = client.get("/record/heads.json").json()["heads"][0]
    later = factories.submitted(contributor, consultation)
    sealing.seal_all()
    turned = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: turned)
    proof = client.get("/record/consistency.json?from=1&to=2").json()
    files = {"receipt": taken(as_user, contributor, code_of(later)), "head": kept, "proof": proof}
    files["other"] = {**proof, "proof": ["0" * 64]}
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    (tmp_path / "verify.py").write_bytes(client.get("/record/verify.py").content)
    told = ("verify.py", "receipt.json", "--head", "head.json", "--proof")
    assert elsewhere(*told, "proof.json").returncode == 0
    answer = elsewhere(*told, "other.json")
    assert (answer.returncode, answer.stdout.split(":")[0]) == (1, "FAILED at consistency")


def leaves_of(thing, path=()):
    """Every value in a receipt, with the way to it."""
    if isinstance(thing, dict | list):
        for key, value in thing.items() if isinstance(thing, dict) else enumerate(thing):
            yield from leaves_of(value, (*path, key))
    else:
        yield path, thing


def changed(value):
    if isinstance(value, int):
        return value + 1
    return ("1" if value[:1] == "0" else "0") + value[1:]


STEPS = {"v": "format", "code": "code", "commitment": "commitment", "fields": "commitment", "index": "inclusion"}
STEPS |= {"path": "inclusion", "signature": "signature", "keys": "key"}
HEAD_STEPS = {
    "v": "format",
    "record": "key",
    "size": "inclusion",
    "root": "inclusion",
    "time": "signature",
    "key": "key",
}


def test_a_change_of_any_value_is_found_and_its_step_named(consultation, contributor, comment, as_user):
    for _ in range(4):
        factories.submitted(contributor, consultation)
    sealing.seal_all()
    receipt = taken(as_user, contributor, code_of(comment))
    ways = list(leaves_of(receipt))
    assert len(ways) > 30
    for path, value in ways:
        mutated = json.loads(json.dumps(receipt))
        holder = mutated
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = changed(value)
        step = HEAD_STEPS[path[1]] if path[0] == "head" else STEPS[path[0]]
        step = "format" if path[-1] == "v" else step
        found = failing(mutated)
        # Another size may have a path as long; then the signature says so.
        assert found in ({step, "signature"} if path[-1] == "size" else {step}), (path, found)
        if isinstance(value, str) and value.upper() != value:
            holder[path[-1]] = value.upper()
            failing(mutated)


@pytest.mark.parametrize("name", ["v", "code", "fields", "commitment", "index", "path", "head", "signature", "keys"])
def test_a_receipt_that_lacks_something_is_none(comment, contributor, as_user, name):
    sealing.seal_all()
    receipt = taken(as_user, contributor, code_of(comment))
    assert failing({k: v for k, v in receipt.items() if k != name}) == "format"
    assert failing({**receipt, "more": 1}) == "format"


@pytest.mark.parametrize("strange", ["\ud800", float("1e400"), [[]]], ids=["half a letter", "no number", "a list"])
def test_what_no_receipt_holds_is_told_and_never_a_traceback(comment, contributor, as_user, tmp_path, capsys, strange):
    sealing.seal_all()
    receipt = taken(as_user, contributor, code_of(comment))
    told = next(field for field in receipt["fields"].values() if "value" in field)
    for holder, name in ((told, "value"), (receipt["head"], "key")):
        before, holder[name] = holder[name], strange
        (tmp_path / "receipt.json").write_text(json.dumps(receipt))
        assert main([str(tmp_path / "receipt.json")]) == 1
        assert capsys.readouterr().out.startswith("FAILED at ")
        holder[name] = before


def test_another_record_with_a_key_of_its_own_is_not_believed(comment, contributor, as_user):
    sealing.seal_all()
    receipt = taken(as_user, contributor, code_of(comment))
    assert failing(receipt, trusted="0" * 32) == "key"


def test_later_heads_continue_the_one_that_somebody_kept(
    consultation, comment, contributor, as_user, client, monkeypatch
):
    sealing.seal_all()
    kept = client.get("/record/heads.json").json()["heads"][0]
    for _ in range(5):
        factories.submitted(contributor, consultation)
        sealing.seal_all()
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    newest = client.get("/record/heads.json").json()["heads"][0]
    assert (kept["head"]["size"], newest["head"]["size"]) == (1, 6)
    proof = client.get("/record/consistency.json?from=1&to=6").json()
    receipt = taken(as_user, contributor, Leaf.objects.get(seq=4).code)
    keys = check(receipt)
    assert receipt["head"] == newest["head"]
    check_older(receipt, kept, proof, keys)
    with pytest.raises(Failed, match="does not continue"):
        check_older(receipt, kept, {**proof, "proof": proof["proof"][::-1]}, keys)
    with pytest.raises(Failed, match="not signed"):
        check_older(receipt, {**kept, "head": {**kept["head"], "root": "0" * 64}}, proof, keys)
    with pytest.raises(Failed, match="A proof between the two heads is needed"):
        check_older(receipt, kept, None, keys)
    check_older(receipt, newest, None, keys)


def test_what_is_public_of_the_record_tells_nothing_of_what_happens_now(consultation, contributor, comment, client):
    """The first head is public; what is written and sealed after it changes nothing that anybody can read."""
    sealing.seal_all()
    pages = ["/record/", "/record/heads.json", "/record/consistency.json?from=1&to=2"]
    before = [client.get(page).content for page in pages]
    secret = factories.submitted(contributor, consultation, body="Canary")
    sealing.seal_all()
    assert Head.objects.count() == 2
    assert [client.get(page).content for page in pages] == before
    assert code_of(secret) not in str(before)
    for bad in ("from=0&to=1", "from=2&to=1", "from=1&to=2", "from=x&to=y", "", "from=1&to=" + "9" * 40):
        assert client.get(f"/record/consistency.json?{bad}").status_code == 404


def test_of_each_hour_one_head_is_public(comment, consultation, contributor, monkeypatch):
    sealing.seal_all()
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    for minutes in (5, 20, 50, 70, 75):
        now = start + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        factories.submitted(contributor, consultation, "p9")
        sealing.seal_all()
    assert [h.size for h in Head.objects.public(start + timedelta(minutes=59))] == [1]
    assert [h.size for h in Head.objects.public(start + timedelta(minutes=80))] == [4, 1]
    assert [h.size for h in Head.objects.public(start + timedelta(minutes=120))] == [6, 4, 1]


def test_only_the_delegation_reads_its_receipts(consultation, contributor, focal_point, comment, moderator, as_user):
    code = code_of(comment)
    others = [
        None,
        factories.delegate(consultation),
        moderator,
        factories.UserFactory(is_staff=True, is_superuser=True),
    ]
    for suffix in ("/", ".json"):
        assert [as_user(p).get(f"/receipts/{code}{suffix}").status_code for p in others] == [302, 404, 404, 404]
        assert as_user(focal_point).get(f"/receipts/{code}{suffix}").status_code == 200
    printed = Leaf.objects.get(code=code).printed.lower()
    assert as_user(focal_point).get(f"/receipts/{printed}/").status_code == 200
    assert as_user(focal_point).get("/receipts/AAAAAAAAAAAAAAAA/").status_code == 404


def test_a_moderator_has_the_receipt_of_a_decision_without_the_words_and_the_author_has_none(
    contributor, moderator, comment, as_user
):
    factories.decided(moderator, comment, "return")
    sealing.seal_all()
    code = code_of(comment, "comment.returned")
    receipt = taken(as_user, moderator, code)
    check(receipt)
    assert "value" not in receipt["fields"]["words"]
    assert receipt["fields"]["content.reason"]["value"] == "off_topic"
    assert taken(as_user, contributor, code) == 404
    undo(moderator, Decision.objects.get())
    assert taken(as_user, contributor, code_of(comment, "comment.decision_undone")) == 404


def test_drafts_and_flags_have_no_receipt_for_the_delegation(consultation, contributor, as_user):
    assert not {"comment.drafted", "position.drafted", "comment.flagged"} & {*OWN_ACTS, *DECISIONS}
    assert set(ACTS) == {*OWN_ACTS, *DECISIONS}


def test_each_confirmation_says_the_code(consultation, contributor, focal_point, as_user):
    browser = as_user(contributor)
    c = f"/consultations/{consultation.slug}"
    sent = {
        "body": "A remark.",
        "type": "substantive",
        "action": "submit",
        "submission_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
    }
    page = browser.post(f"{c}/passages/p8/comments/", sent, follow=True).content.decode()
    leaf = Leaf.objects.get()
    assert f'<a class="code" href="/receipts/{leaf.code}/">{leaf.printed}</a>' in page
    draft = {**sent, "action": "draft", "submission_id": "1" * 8 + "-0000-4000-8000-" + "0" * 12}
    page = browser.post(f"{c}/passages/p8/comments/", draft, follow=True).content.decode()
    assert "/receipts/" not in page
    answer = {"stance": "endorse", "action": "sign", "confirm": "1", "submission_id": draft["submission_id"]}
    page = as_user(focal_point).post(f"{c}/passages/pol3/position/", answer, follow=True).content.decode()
    assert Leaf.objects.get(entry__kind="position.signed").printed in page


def test_the_list_is_bounded_and_asks_the_same_number_of_questions(
    consultation, contributor, as_user, django_assert_num_queries
):
    organisation = factories.organisation_of(contributor)
    browser, pages = as_user(contributor), {}
    for number in (2, 70):
        while Leaf.objects.count() < number:
            factories.submitted(contributor, consultation, f"p{1 + Leaf.objects.count() % 26}")
        with django_assert_num_queries(8):
            pages[number] = browser.get(f"/delegation/{organisation.slug}/receipts/").content.decode()
    assert ">¶ 1</a>" in pages[2]
    assert pages[70].count("<tr") == 51
    lines = (
        b"".join(browser.get(f"/delegation/{organisation.slug}/receipts.csv").streaming_content).decode().split("\r\n")
    )
    assert lines[0] == "receipt,at,act,consultation,passage,sealed"
    assert len(lines) == 72


def test_an_erased_person_is_in_no_receipt_and_the_receipt_still_proves(contributor, focal_point, comment, as_user):
    sealing.seal_all()
    kept = taken(as_user, contributor, code_of(comment))
    erase_person(factories.UserFactory(is_staff=True, is_superuser=True), contributor)
    receipt = taken(as_user, focal_point, code_of(comment))
    check(receipt)
    check(kept)
    assert set(receipt["fields"]["person.name"]) == set(receipt["fields"]["person"]) == {"digest"}
    assert receipt["fields"]["words"]["value"]["body"] == WORDS
    assert Entry.objects.filter(kind="person.erased").exists()


def test_receipts_follow_a_merged_organisation(consultation, contributor, comment, as_user):
    kept = factories.focal_point(consultation)
    into = factories.organisation_of(kept)
    secretariat = factories.UserFactory(is_staff=True, is_superuser=True)
    merge_organisations(secretariat, into, factories.organisation_of(contributor), {})
    assert as_user(kept).get(f"/receipts/{code_of(comment)}/").status_code == 200
    assert comment.public_id
    assert Leaf.objects.get(code=code_of(comment)).printed in (
        as_user(kept).get(f"/delegation/{into.slug}/receipts/").content.decode()
    )
    sealing.seal_all()
    check(taken(as_user, kept, code_of(comment)))
