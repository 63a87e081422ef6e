"""What the commands print when they cannot go on."""

import pytest

from ops.progress import Stop, in_words


def test_a_reason_to_stop_becomes_one_sentence_and_a_failing_status():
    with pytest.raises(SystemExit) as ended, in_words():
        raise Stop("The disk is full.")
    assert ended.value.code == "The disk is full."


def test_a_read_only_folder_is_named():
    with pytest.raises(SystemExit) as ended, in_words():
        raise OSError(30, "Read-only file system", "/state")
    assert ended.value.code == "Cannot go on: Read-only file system (/state)."
