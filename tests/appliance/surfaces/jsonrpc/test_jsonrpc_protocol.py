"""JSON-RPC 2.0 by the examples of its specification, jsonrpc.org/specification, section 7, and past them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.surfaces.jsonrpc.protocol import MOST_IN_BATCH, Dispatcher, Method, RpcError

PARSE = '{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}'
INVALID = '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}'

# What is sent, what must come back; None: nothing at all. Word for word from the specification.
EXAMPLES = {
    "positional parameters": (
        '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
        '{"jsonrpc": "2.0", "result": 19, "id": 1}',
    ),
    "positional parameters the other way round": (
        '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
        '{"jsonrpc": "2.0", "result": -19, "id": 2}',
    ),
    "named parameters": (
        '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
        '{"jsonrpc": "2.0", "result": 19, "id": 3}',
    ),
    "named parameters in another order": (
        '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
        '{"jsonrpc": "2.0", "result": 19, "id": 4}',
    ),
    "a notification": ('{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}', None),
    "a notification without parameters": ('{"jsonrpc": "2.0", "method": "foobar"}', None),
    "a method that does not exist": (
        '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
        '{"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "1"}',
    ),
    "invalid JSON": ('{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]', PARSE),
    "an invalid request": ('{"jsonrpc": "2.0", "method": 1, "params": "bar"}', INVALID),
    "a batch of invalid JSON": (
        '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, {"jsonrpc": "2.0", "method"]',
        PARSE,
    ),
    "an empty batch": ("[]", INVALID),
    "an invalid batch": ("[1]", f"[{INVALID}]"),
    "a longer invalid batch": ("[1,2,3]", f"[{INVALID}, {INVALID}, {INVALID}]"),
    "a batch": (
        """[
        {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
        {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
        ]""",
        f"""[
        {{"jsonrpc": "2.0", "result": 7, "id": "1"}},
        {{"jsonrpc": "2.0", "result": 19, "id": "2"}},
        {INVALID},
        {{"jsonrpc": "2.0", "error": {{"code": -32601, "message": "Method not found"}}, "id": "5"}},
        {{"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}}
        ]""",
    ),
    "a batch of notifications": (
        """[
        {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
        ]""",
        None,
    ),
}


def table() -> dict[str, Method]:
    async def subtract(given: list[Any]) -> float:
        return float(given[0] - given[1])

    async def total(given: list[Any]) -> float:
        return float(sum(given))

    async def data(_: list[Any]) -> list[object]:
        return ["hello", 5]

    async def nothing(_: list[Any]) -> None: ...

    async def broken(_: list[Any]) -> None:
        raise ZeroDivisionError("seven")

    async def refusing(_: list[Any]) -> None:
        raise RpcError(-32603, "Internal error: the mount is away")

    methods = [
        Method("subtract", subtract, ("minuend", "subtrahend")),
        Method("sum", total, many=True),
        Method("get_data", data),
        Method("broken", broken),
        Method("refusing", refusing),
        Method("one_or_two", data, ("first", "second"), optional=1),
        *(Method(name, nothing, many=True) for name in ("update", "notify_hello", "notify_sum")),
    ]
    return {method.name: method for method in methods}


async def answered(text: str | bytes) -> Any:
    told = await Dispatcher(table()).answer(text)
    return None if told is None else json.loads(told)


async def call(method: str, params: Any = None, **more: Any) -> Any:
    asked = {"jsonrpc": "2.0", "id": 1, "method": method, **more}
    return await answered(json.dumps(asked if params is None else asked | {"params": params}))


@pytest.mark.parametrize("name", EXAMPLES)
async def test_the_examples_of_the_specification(name: str) -> None:
    sent, wanted = EXAMPLES[name]
    assert await answered(sent) == (None if wanted is None else json.loads(wanted))


@pytest.mark.parametrize("id_", ["x", "", 0, -7, 1.5, 10**30, None])
async def test_an_id_comes_back_as_it_was(id_: object) -> None:
    assert await call("get_data", id=id_) == {"jsonrpc": "2.0", "result": ["hello", 5], "id": id_}


@pytest.mark.parametrize("id_", [[1], {"a": 1}, True])
async def test_what_is_no_id_is_an_invalid_request(id_: object) -> None:
    assert await call("get_data", id=id_) == json.loads(INVALID)


async def test_a_number_that_json_cannot_write_is_no_id() -> None:
    assert await answered('{"jsonrpc": "2.0", "method": "get_data", "id": 1e999}') == json.loads(INVALID)


async def test_what_ccdciel_forgives_is_forgiven() -> None:
    assert (await answered('{"method": "GET_Data", "params": [""], "id": 1}'))["result"] == ["hello", 5]
    assert (await call("get_data", jsonrpc="1.0"))["error"] == {
        "code": -32600, "message": "JSON-RPC version not supported",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("subtract", [1], "Invalid number of parameter: 1, must be: 2"),
        ("subtract", [""], "Invalid number of parameter: 1, must be: 2"),
        ("one_or_two", [], "Invalid number of parameter: 0, must be: 1"),
        ("subtract", {"minuend": 1}, "Invalid number of parameter: 1, must be: 2"),
        ("subtract", {"subtrahend": 1}, "Invalid params: minuend is missing before others"),
        ("subtract", {"foo": 1}, "Invalid params: there is no 'foo', there are: minuend, subtrahend"),
    ],
)
async def test_wrong_parameters_are_told(method: str, params: Any, message: str) -> None:
    assert (await call(method, params))["error"] == {"code": -32602, "message": message}


async def test_a_method_that_fails_is_an_internal_error(caplog: pytest.LogCaptureFixture) -> None:
    assert (await call("refusing"))["error"]["message"] == "Internal error: the mount is away"
    assert "seven" in (await call("broken"))["error"]["message"]
    assert "the method broken failed" in caplog.text


@pytest.mark.parametrize("text", ["[" * 60_000, '{"a":' * 9_000, "1" * 5_000, "NaN", b"\xff\xfe", "", "\x00"])
async def test_no_json_is_a_parse_error(text: str | bytes) -> None:
    assert await answered(text) == json.loads(PARSE)


async def test_a_batch_has_an_end() -> None:
    one = {"jsonrpc": "2.0", "method": "get_data", "id": 1}
    assert len(await answered(json.dumps([one] * MOST_IN_BATCH))) == MOST_IN_BATCH
    assert (await answered(json.dumps([one] * (MOST_IN_BATCH + 1))))["error"]["code"] == -32600


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from([*table(), "SUBTRACT", "nobody"]) | VALUES
REQUESTS = st.fixed_dictionaries(
    {}, optional={"jsonrpc": st.just("2.0") | VALUES, "method": NAMES, "params": VALUES, "id": VALUES}
)


@pytest.mark.fuzz
@given(REQUESTS | st.lists(REQUESTS | VALUES, max_size=5))
async def test_whatever_is_asked_the_answer_is_a_response(asked: Any) -> None:
    told = await answered(json.dumps(asked))
    for one in told if isinstance(told, list) else [told]:
        if one is not None:
            assert one["jsonrpc"] == "2.0"
            assert ("result" in one) != ("error" in one)
            assert "id" in one
