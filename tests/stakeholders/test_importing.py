"""Organisations from a CSV file: checked row by row, previewed, all or nothing, repeatable."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from consultation.record.models import Entry
from consultation.stakeholders import importing
from consultation.stakeholders.models import Organisation
from tests import factories

HEAD = "name,group,country,website,mandate,official_email\n"
ONE = HEAD + "Sample Union of Sailors,trade-unions,CH,https://union.example,Its congress.,office@union.example\n"
TWO = ONE + "Sample Harbour Cities,Local and regional authorities,France,,,\n"
ADDRESS = "/admin/stakeholders/organisation/import/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretariat():
    return factories.UserFactory(is_staff=True, is_superuser=True)


def run(tmp_path, text, *options):
    file, out = tmp_path / "organisations.csv", io.StringIO()
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    call_command("import_organisations", str(file), *options, stdout=out)
    return out.getvalue()


def upload(browser, content):
    file = SimpleUploadedFile("organisations.csv", content if isinstance(content, bytes) else content.encode())
    return browser.post(ADDRESS, {"file": file})


def test_a_file_makes_approved_organisations_and_says_so_on_the_record(tmp_path):
    assert "2 new, 0 changed, 0 unchanged" in run(tmp_path, TWO)
    union = Organisation.objects.get(slug="sample-union-of-sailors")
    assert (union.state, union.group.slug, union.country.code) == ("approved", "trade-unions", "CH")
    assert Organisation.objects.get(name="Sample Harbour Cities").country.code == "FR"
    assert list(Entry.objects.values_list("kind", flat=True)) == ["organisation.imported"] * 2


def test_a_file_can_state_the_kind_of_organisation(tmp_path):
    run(tmp_path, ONE)
    stated = "name,group,country,kind\nSample Union of Sailors,trade-unions,CH,union\n"
    assert "0 new, 1 changed" in run(tmp_path, stated)
    assert Organisation.objects.get().kind == "union"
    run(tmp_path, ONE)
    assert Organisation.objects.get().kind == "union"  # what a file leaves empty stays
    with pytest.raises(CommandError, match="column kind"):
        run(tmp_path, stated.replace(",union\n", ",empire\n"))


def test_the_same_file_again_changes_nothing_and_a_corrected_one_only_what_it_corrects(tmp_path):
    run(tmp_path, TWO)
    assert "0 new, 0 changed, 2 unchanged" in run(tmp_path, TWO)
    corrected = TWO.replace("Sample Union of Sailors", "SAMPLE UNION of Sailors").replace(
        "https://union.ex", "https://www.union.ex"
    )
    assert "0 new, 1 changed, 1 unchanged" in run(tmp_path, corrected)
    union = Organisation.objects.get(slug="sample-union-of-sailors")
    assert (union.name, union.website) == ("Sample Union of Sailors", "https://www.union.example")
    assert Entry.objects.last().content == {"fields": ["website"]}
    assert Organisation.objects.count() == 2


def test_a_dry_run_only_tells(tmp_path):
    factories.OrganisationFactory(name="Sample Shipping Union", website="https://www.union.example/about")
    told = run(tmp_path, TWO, "--dry-run")
    assert "2: Sample Union of Sailors – new" in told
    assert "same domain as: Sample Shipping Union" in told
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Missing: name, group, country"),
        ("name,group\nX,states\n", "Missing: country"),
        ("name,name,group,country\n", "each once"),
        (HEAD.replace("mandate", "password"), "unknown: “password”"),
        (HEAD, "no row with an organisation"),
        (ONE + ",states,CH,,,\n", "Row 3, column name: Enter its name"),
        (ONE + "Sample X,nobody,CH,,,\n", "Row 3, column group: There is no group “nobody”"),
        (ONE + "Sample X,states,Atlantis,,,\n", "Row 3, column country: “Atlantis” is not a country"),
        (ONE + "Sample X,states,CH,javascript:alert(1),,\n", "Row 3, column website"),
        (ONE + "Sample X,states,CH,,,nobody\n", "Row 3, column official_email"),
        (ONE + "Sample\u202eX,states,CH,,,\n", "Row 3, column name: Remove the characters that change the direction"),
        (ONE + "Sample\x00X,states,CH,,,\n", "Row 3"),
        (ONE + f"{'x' * 201},states,CH,,,\n", "Row 3, column name"),
        (ONE + "SAMPLE Union of Ѕailors,states,CH,,,\n", "Row 3, column name: The same organisation as in row 2"),
        (ONE + "Sample X,states,CH,,,,more\n", "Row 3: It has more cells"),
        (ONE.encode("cp1252") + "Sämple,states,CH,,,\n".encode("cp1252"), "not in UTF-8"),
        (HEAD + "x" * 1_000_001, "larger than 1 MB"),
        (HEAD + "Sample X,states,CH,,,\n" * 5_001, "more than 5,000 rows"),
    ],
)
def test_every_problem_is_told_with_row_and_column_and_nothing_is_written(tmp_path, text, sentence):
    with pytest.raises(CommandError) as refused:
        run(tmp_path, text)
    assert sentence in str(refused.value)
    assert not Organisation.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_what_spreadsheet_programs_write_is_read(tmp_path, encoding, separator):
    text = "name,group,country\r\nSämple Union,trade-unions,CH\r\n\r\n".replace(",", separator)
    run(tmp_path, text.encode(encoding))
    assert Organisation.objects.get().name == "Sämple Union"


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_organisations", "nowhere.csv")


def test_the_admin_previews_then_imports_all(secretariat, as_user):
    browser = as_user(secretariat)
    assert "Import from a CSV file" in browser.get("/admin/stakeholders/organisation/").content.decode()
    preview = upload(browser, TWO)
    assert "2 new, 0 changed, 0 unchanged" in preview.content.decode()
    assert not Organisation.objects.exists()
    source = preview.context["form"].cleaned_data["source"]
    answer = browser.post(ADDRESS, {"text": source, "confirm": "1"}, follow=True)
    assert "Imported: 2 new" in answer.content.decode()
    assert Entry.objects.first().actor == secretariat


def test_the_admin_tells_problems_and_writes_nothing(secretariat, as_user):
    answer = upload(as_user(secretariat), ONE + "Sample X,states,Atlantis,,,\n")
    assert answer.status_code == 422
    assert "Row 3, column country" in answer.content.decode()
    tampered = as_user(secretariat).post(ADDRESS, {"text": HEAD + ",,,,,\nx", "confirm": "1"})
    assert tampered.status_code == 422
    assert as_user(secretariat).post(ADDRESS, {}).status_code == 422
    assert not Organisation.objects.exists()


def test_only_the_secretariat_imports(as_user):
    assert upload(as_user(factories.UserFactory(is_staff=True)), TWO).status_code == 403
    assert upload(as_user(factories.UserFactory()), TWO).status_code == 302
    assert not Organisation.objects.exists()


def test_checking_a_thousand_rows_asks_as_much_as_checking_one(django_assert_num_queries):
    many = HEAD + "".join(f"Sample Union {n},trade-unions,CH,,,\n" for n in range(1_000))
    for text in (ONE, many):
        with django_assert_num_queries(2):
            assert not importing.read(text.encode()).problems
