"""The client of the storage keeps connections between calls, and never uses one that is not ready."""

import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from comments.settings import Settings
from comments.storage.redis import connect
from comments.storage.redis.client import StoreClient


@pytest.fixture
def client(valkey_settings: Settings) -> StoreClient:
    client = connect(valkey_settings)
    client.set("n", 1)
    return client


def connection_id(client: StoreClient) -> int:
    return int(client.client_id())


def test_calls_after_one_another_use_one_connection(client: StoreClient) -> None:
    assert len({connection_id(client) for _ in range(5)}) == 1


def test_a_connection_that_the_server_closed_is_replaced(client: StoreClient, valkey_settings: Settings) -> None:
    closed = connection_id(client)
    connect(valkey_settings).client_kill_filter(_id=str(closed))
    assert client.get("n") == b"1"
    assert connection_id(client) != closed


def test_a_refused_command_leaves_the_connection_usable(client: StoreClient) -> None:
    before = connection_id(client)
    with pytest.raises(redis.ResponseError):
        client.lpush("n", "a list")
    assert connection_id(client) == before


class Interrupted(BaseException):
    """Stands for a signal that ends a job in the middle of a call."""


def test_the_reply_of_an_interrupted_call_goes_to_no_other_call(client: StoreClient) -> None:
    def interrupt(*_: Any) -> None:
        raise Interrupted

    former = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(Interrupted):
            client.blpop(["nothing"], timeout=1)
    finally:
        signal.signal(signal.SIGALRM, former)
    assert client.get("n") == b"1"


def test_a_call_without_an_answer_in_time_closes_its_connection(client: StoreClient, valkey_settings: Settings) -> None:
    impatient = StoreClient.from_url(valkey_settings.redis_url, socket_timeout=0.05)
    with pytest.raises(redis.TimeoutError):
        impatient.blpop(["nothing"], timeout=1)
    assert impatient.get("n") == b"1"


def test_threads_do_not_share_a_connection(client: StoreClient) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda n: client.echo(str(n)), range(400))
    assert list(found) == [str(n).encode() for n in range(400)]


def test_a_forked_process_opens_a_connection_of_its_own(client: StoreClient) -> None:
    here, pipe = connection_id(client), os.pipe()

    def write_id() -> None:
        os.write(pipe[1], str(connection_id(client)).encode())

    child = multiprocessing.get_context("fork").Process(target=write_id)
    child.start()
    child.join()
    assert int(os.read(pipe[0], 20)) != here
    assert connection_id(client) == here


def batch(client: StoreClient, transaction: bool = False) -> Any:
    pipe = client.pipeline(transaction)
    pipe.client_id()
    pipe.get("n")
    return pipe


def test_a_batch_of_commands_uses_the_connection_of_calls(client: StoreClient) -> None:
    before = connection_id(client)
    assert batch(client).execute() == [before, b"1"]
    assert connection_id(client) == before


def test_a_batch_reads_all_replies_before_it_reports_the_first_error(client: StoreClient) -> None:
    pipe = batch(client)
    pipe.lpush("n", "a list")
    pipe.incr("n")
    with pytest.raises(redis.ResponseError, match="Command # 3"):
        pipe.execute()
    assert client.get("n") == b"2"


def test_a_batch_can_return_errors_among_its_replies_and_is_empty_afterwards(client: StoreClient) -> None:
    pipe = batch(client)
    pipe.lpush("n", "a list")
    before, value, error = pipe.execute(raise_on_error=False)
    assert (value, type(error)) == (b"1", redis.ResponseError)
    assert connection_id(client) == before
    assert pipe.execute() == []


def test_a_batch_loads_the_scripts_that_the_server_does_not_have(client: StoreClient) -> None:
    add = client.register_script('return redis.call("INCRBY", KEYS[1], ARGV[1])')
    client.script_flush()
    pipe = batch(client)
    add(keys=["n"], args=[2], client=pipe)
    pipe.get("n")
    add(keys=["n"], args=[5], client=pipe)
    assert pipe.execute()[1:] == [b"1", 3, b"1", 8]
    add(keys=["n"], args=[1], client=pipe)
    assert pipe.execute() == [9]


def test_a_batch_with_a_lost_connection_fails_and_the_next_one_works(client: StoreClient) -> None:
    pipe = client.pipeline(transaction=False)
    pipe.client_kill_filter(_id=str(connection_id(client)), skipme=False)
    pipe.get("n")
    with pytest.raises(redis.ConnectionError):
        pipe.execute()
    assert batch(client).execute()[1] == b"1"


def test_the_replies_of_an_interrupted_batch_go_to_no_other_call(client: StoreClient) -> None:
    def interrupt(*_: Any) -> None:
        raise Interrupted

    former = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        pipe = client.pipeline(transaction=False)
        pipe.blpop(["nothing"], timeout=1)
        pipe.get("n")
        with pytest.raises(Interrupted):
            pipe.execute()
    finally:
        signal.signal(signal.SIGALRM, former)
    assert client.set("n", 5) is True


def test_a_watched_batch_is_a_transaction(client: StoreClient) -> None:
    pipe = client.pipeline(transaction=False)
    pipe.watch("n")
    pipe.multi()
    pipe.incr("n")
    client.set("n", 7)
    with pytest.raises(redis.WatchError):
        pipe.execute()
    assert client.get("n") == b"7"
