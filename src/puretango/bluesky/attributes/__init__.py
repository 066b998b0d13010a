"""The facts and the readings of attributes, for classic ophyd and ophyd-async alike."""

from __future__ import annotations

from ._facts import AttributeFacts, Range, labels_of, precision_of, state_labels
from ._failing import OnFailure, OnFailures, Policies, sample_or_stand_in, tolerant_key
from ._grouping import FailedAnswer, Grouping
from ._keys import attribute_of, key_of
from ._reading import (
    AttributeFailed,
    Sample,
    certainly_not_executed,
    description_of,
    equal_values,
    is_label_of,
    is_late,
    sample,
    severity_of,
    telling,
    text_of,
    to_tango,
    unreachable,
)
from ._trl import device_path, host_prefix, join, joiner, locate, split

__all__ = [
    "AttributeFacts",
    "AttributeFailed",
    "FailedAnswer",
    "Grouping",
    "OnFailure",
    "OnFailures",
    "Policies",
    "Range",
    "Sample",
    "attribute_of",
    "certainly_not_executed",
    "device_path",
    "equal_values",
    "host_prefix",
    "is_label_of",
    "is_late",
    "join",
    "joiner",
    "locate",
    "key_of",
    "sample",
    "sample_or_stand_in",
    "severity_of",
    "split",
    "labels_of",
    "precision_of",
    "state_labels",
    "description_of",
    "telling",
    "text_of",
    "to_tango",
    "tolerant_key",
    "unreachable",
]
