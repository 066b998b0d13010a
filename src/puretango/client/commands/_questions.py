"""Questions about a device whose answer seldom changes, by a plan from the second time on.

Equal bytes mean an equal answer: it is not decoded again; the caller gets a copy of the last result.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING, Any

from puretango.cdr import VOID, CdrWriter
from puretango.client.green._green import run_green
from puretango.client.green._planned import mode_of, submit
from puretango.client.session._faults import Trouble
from puretango.client.session._plan import BODY, Again, Plan, carry_out
from puretango.client.session._replies import result_of
from puretango.client.session._trace import traced
from puretango.idl import OPERATIONS, TEXT, DevState, Operation

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._plan import LongWay
    from puretango.client.session._session import Session
    from puretango.errors import DevFailed
    from puretango.giop import PreparedRequest, Reply
    from puretango.values import GreenMode

__all__ = ["Question", "planned", "plain_question"]

Pick = Callable[[int], tuple[Operation, tuple[Any, ...]]]
Make = Callable[[Any], Any]

_LONGEST = 256 * 1024
"""Answers up to this size are remembered."""


class Question:
    """What is asked, and what is made of the answer; ``copy`` copies the result if it is mutable."""

    __slots__ = ("copy", "key", "pick", "then", "trouble")

    def __init__(
        self,
        key: Any,
        pick: Pick,
        trouble: Trouble,
        then: Make | None = None,
        copy: Make | None = None,
    ) -> None:
        self.key = key
        self.pick = pick
        self.trouble = trouble
        self.then = then
        self.copy = copy

    async def ask(self, io: IO, session: Session) -> Any:
        """The answer, by a plan from the second time on."""
        plan = (
            None if traced else session.known.questions.get(self.key)
        )  # each traced call has a request of its own
        if plan is not None:
            planned = await carry_out(io, session, plan)
            if type(planned) is not Again:
                return planned
            io = planned.then(io)
        found = await session.request(io, self.pick, self.trouble, then=self.then)
        if plan is None and session.connected:
            session.known.questions[self.key] = _QuestionPlan(session, self)
        return found


def plain_question(operation: str, what: str) -> Question:
    """A question without arguments whose answer is taken as it is."""
    trouble = Trouble(what, f"DeviceProxy::{what}()")
    return Question(operation, lambda version: (OPERATIONS[operation], ()), trouble)


_word = Struct("<I").unpack_from
_UNUSUAL = object()
"""Stands for the answer of a reply without the usual shape."""


def _read_nothing(data: Any) -> Any:
    return None if len(data) == BODY else _UNUSUAL


def _read_state(data: Any) -> Any:
    return DevState(_word(data, BODY)[0]) if len(data) == BODY + 4 else _UNUSUAL


def _read_text(data: Any) -> Any:
    size = len(data)
    if size < BODY + 5 or BODY + 4 + _word(data, BODY)[0] != size or data[-1]:
        return _UNUSUAL
    try:
        return str(data[BODY + 4 : -1], "utf-8")
    except UnicodeDecodeError:
        return _UNUSUAL


_USUAL: dict[Any, Make] = {VOID: _read_nothing, DevState.codec: _read_state, TEXT: _read_text}
"""What reads an answer of each plain type out of a whole little-endian reply, in one step."""


class _QuestionPlan(Plan):
    """How a question is asked over the present connection."""

    __slots__ = ("_answer", "_last", "_operation", "_question", "_request", "_usual")

    def __init__(self, session: Session, question: Question) -> None:
        self._question = question
        self._operation, args = question.pick(session.idl_version)
        template = session.template(self._operation.name)
        writer = CdrWriter(True, template.body_offset)
        self._operation.encode_args(writer, *args)
        self._request = template.prepare(writer.getvalue())
        self._usual = _USUAL.get(self._operation.result) if question.then is None else None
        self._last: Any = None
        self._answer: Any = None

    def named(self) -> str:
        """The operation's name, for errors."""
        return self._operation.name

    def request(self, value: Any) -> PreparedRequest:
        """The request, which is the same each time."""
        return self._request

    def decode(self, session: Session, reply: Reply) -> Any:
        """What is made of the answer."""
        if self._usual is not None and reply.body_start == BODY and reply.little:
            found = self._usual(reply.data)
            if found is not _UNUSUAL:
                return found
        question = self._question
        copy = question.copy
        if copy is None:
            result = result_of(self._operation, reply)
            return result if question.then is None else question.then(result)
        body = reply.data[reply.body_start :]
        if body == self._last:
            return copy(self._answer)
        result = result_of(self._operation, reply)
        answer = result if question.then is None else question.then(result)
        if len(body) <= _LONGEST:
            self._last, self._answer = bytes(body), copy(answer)
        return answer

    def trouble(self, session: Session) -> Trouble:
        """What the errors of the question say."""
        return self._question.trouble

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        """The device's own errors, as they are."""
        return failed


def planned(
    proxy: Any,
    key: Any,
    long_way: LongWay,
    green_mode: GreenMode | None,
    wait: bool | None,
    timeout: float | None,
) -> Any:
    """Ask a question by its plan if there is one."""
    mode = mode_of(proxy, green_mode)
    plan = proxy._session.known.questions.get(key)
    if plan is None or traced:  # each traced call has a request of its own
        return run_green(proxy, long_way, (), {}, mode, wait, timeout)
    return submit(proxy, plan, None, long_way, mode, wait, timeout)
