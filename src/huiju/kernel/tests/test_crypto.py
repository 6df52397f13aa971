import base64
import stat
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from huiju.kernel import crypto

AT = datetime(2026, 11, 24, tzinfo=UTC)
COLUMN = "registry_identitydocument.number"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.fixture(params=["intl", "gm"], scope="module")
def profile(request):
    return request.param


@pytest.fixture(scope="module")
def ring(profile, tmp_path_factory):
    return crypto.generate(tmp_path_factory.mktemp("keys"), profile=profile, at=AT)


@given(text=TEXTS)
def test_a_sealed_text_opens_to_itself(ring, text):
    sealed = crypto.seal(ring, text, column=COLUMN)

    opened = crypto.unseal(ring, sealed, column=COLUMN)

    assert opened == text


def test_a_sealed_value_names_its_algorithm_and_key(ring, profile):
    sealed = crypto.seal(ring, "350201199001011234", column=COLUMN)

    named = sealed.rsplit(":", 1)[0]

    assert named == {"intl": "aes-256-gcm:seal-0001", "gm": "sm4-gcm:seal-0001"}[profile]


def test_equal_texts_seal_to_different_values_and_equal_digests(ring):
    sealed = {crypto.seal(ring, "张三", column=COLUMN) for _ in range(2)}
    digests = {crypto.digest(ring, "张三", column=COLUMN) for _ in range(2)}

    assert (len(sealed), len(digests)) == (2, 1)


def test_digests_of_two_columns_cannot_be_compared(ring):
    here = crypto.digest(ring, "13800000000", column="person.phone")
    there = crypto.digest(ring, "13800000000", column="agency.phone")

    assert here != there


def test_a_digest_depends_on_the_key(ring, profile, tmp_path):
    other = crypto.generate(tmp_path, profile=profile, at=AT)

    assert crypto.digest(ring, "张三", column=COLUMN) != crypto.digest(other, "张三", column=COLUMN)


@given(text=TEXTS, place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_sealed_value_with_one_bit_changed_is_refused(ring, text, place, bit):
    head, packed = crypto.seal(ring, text, column=COLUMN).rsplit(":", 1)
    body = bytearray(base64.urlsafe_b64decode(packed))
    body[place % len(body)] ^= 1 << bit
    changed = f"{head}:{base64.urlsafe_b64encode(bytes(body)).decode()}"

    with pytest.raises(crypto.NotAuthentic):
        crypto.unseal(ring, changed, column=COLUMN)


def test_a_value_moved_to_another_column_is_refused(ring):
    sealed = crypto.seal(ring, "张三", column="registry_person.name")

    with pytest.raises(crypto.NotAuthentic, match=r"registry_person\.phone"):
        crypto.unseal(ring, sealed, column="registry_person.phone")


@pytest.mark.parametrize(
    "text",
    ["", "张三", "a:b:c", "aes-256-gcm:seal-0001", "rot13:seal-0001:AA", "aes-256-gcm:seal-0001:*"],
)
def test_a_text_that_is_no_sealed_value_is_refused(tmp_path, text):
    ring = crypto.generate(tmp_path, profile="intl", at=AT)

    with pytest.raises(crypto.Malformed):
        crypto.unseal(ring, text, column=COLUMN)


@pytest.mark.parametrize("length", range(crypto.NONCE_BYTES + crypto.TAG_BYTES))
def test_a_cut_value_is_refused(ring, length):
    head, packed = crypto.seal(ring, "张三", column=COLUMN).rsplit(":", 1)
    cut = base64.urlsafe_b64encode(base64.urlsafe_b64decode(packed)[:length]).decode()

    with pytest.raises(crypto.Malformed):
        crypto.unseal(ring, f"{head}:{cut}", column=COLUMN)


def test_a_value_cannot_be_relabelled_for_another_algorithm(ring):
    algorithm, rest = crypto.seal(ring, "张三", column=COLUMN).split(":", 1)
    other = {"aes-256-gcm": "sm4-gcm", "sm4-gcm": "aes-256-gcm"}[algorithm]

    with pytest.raises(crypto.NotAuthentic):
        crypto.unseal(ring, f"{other}:{rest}", column=COLUMN)


def test_after_rotation_old_values_open_and_new_ones_use_the_new_key(profile, tmp_path):
    first = crypto.generate(tmp_path, profile=profile, at=AT)
    old = crypto.seal(first, "张三", column=COLUMN)

    ring = crypto.rotate(tmp_path, profile=profile, at=AT)

    new = crypto.seal(ring, "张三", column=COLUMN)
    assert [value.split(":")[1] for value in (old, new)] == ["seal-0001", "seal-0002"]
    assert [crypto.unseal(ring, value, column=COLUMN) for value in (old, new)] == ["张三", "张三"]
    assert [crypto.is_current(ring, value) for value in (old, new)] == [False, True]


def test_rotation_leaves_digests_as_they_are(profile, tmp_path):
    first = crypto.generate(tmp_path, profile=profile, at=AT)

    ring = crypto.rotate(tmp_path, profile=profile, at=AT)

    assert crypto.digest(ring, "张三", column=COLUMN) == crypto.digest(first, "张三", column=COLUMN)


def test_reseal_moves_a_value_from_one_profile_to_the_other(tmp_path):
    old = crypto.seal(crypto.generate(tmp_path, profile="intl", at=AT), "张三", column=COLUMN)
    ring = crypto.rotate(tmp_path, profile="gm", at=AT)

    moved = crypto.reseal(ring, old, column=COLUMN)

    assert moved.startswith("sm4-gcm:seal-0002:")
    assert crypto.unseal(ring, moved, column=COLUMN) == "张三"
    assert crypto.reseal(ring, moved, column=COLUMN) == moved


def test_a_value_under_a_lost_key_is_refused_by_its_name(ring, tmp_path):
    crypto.generate(tmp_path, profile="intl", at=AT)
    sealed = crypto.seal(crypto.rotate(tmp_path, profile="intl", at=AT), "张三", column=COLUMN)

    with pytest.raises(crypto.UnknownKey, match="seal-0002"):
        crypto.unseal(ring, sealed, column=COLUMN)


def test_keys_are_readable_by_their_owner_alone(profile, tmp_path):
    crypto.generate(tmp_path, profile=profile, at=AT)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*.key")}

    assert modes == {"digest-0001.key": 0o600, "seal-0001.key": 0o600, "sign-0001.key": 0o600}


def test_a_second_first_ring_is_refused(tmp_path):
    crypto.generate(tmp_path, profile="intl", at=AT)

    with pytest.raises(crypto.KeysExist):
        crypto.generate(tmp_path, profile="intl", at=AT)


def test_a_folder_without_keys_is_refused(tmp_path):
    for use in (crypto.load, lambda folder: crypto.rotate(folder, profile="intl", at=AT)):
        with pytest.raises(crypto.NoKeys):
            use(tmp_path)


def test_a_ring_that_lost_a_purpose_is_refused(tmp_path):
    crypto.generate(tmp_path, profile="intl", at=AT)
    (tmp_path / "digest-0001.key").unlink()

    with pytest.raises(crypto.NoKeys, match="digest"):
        crypto.load(tmp_path)


def test_an_unknown_profile_is_refused_by_name(tmp_path):
    with pytest.raises(crypto.UnknownAlgorithm, match="rot13"):
        crypto.generate(tmp_path, profile="rot13", at=AT)


def test_a_key_file_for_an_unknown_algorithm_is_refused_by_name(tmp_path):
    crypto.generate(tmp_path, profile="intl", at=AT)
    (tmp_path / "sign-0002.key").write_text('{"algorithm": "sm2", "secret": ""}')

    with pytest.raises(crypto.UnknownAlgorithm, match="sm2"):
        crypto.load(tmp_path)


def test_a_key_of_the_wrong_length_is_refused(tmp_path):
    crypto.generate(tmp_path, profile="intl", at=AT)
    (tmp_path / "seal-0002.key").write_text('{"algorithm": "aes-256-gcm", "secret": "AAAA"}')

    with pytest.raises(crypto.Malformed, match="seal-0002"):
        crypto.load(tmp_path)


def test_a_signature_is_checked_by_the_public_key(ring):
    signature = crypto.sign(ring, b"head")

    Ed25519PublicKey.from_public_bytes(crypto.public_key(ring.signing)).verify(signature, b"head")


def test_the_public_half_of_every_signing_key_lies_beside_it(tmp_path):
    first = crypto.generate(tmp_path, profile="intl", at=AT)

    second = crypto.rotate(tmp_path, profile="intl", at=AT, purpose="sign")

    shared = {path.stem: base64.b64decode(path.read_text()) for path in tmp_path.glob("*.pub")}
    assert shared == {key.id: crypto.public_key(key) for key in (first.signing, second.signing)}


def test_a_key_never_shows_its_secret(ring):
    shown = repr(ring)

    assert "secret" not in shown
