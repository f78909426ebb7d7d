"""Calls the echo service with grpcio. Usage: client.py DESCRIPTORS ADDRESS SCENARIO; exits 0 when all is as expected."""
import sys
import threading

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

descriptors, address, scenario = sys.argv[1:]
pool = descriptor_pool.DescriptorPool()
with open(descriptors, "rb") as file:
    for proto in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
        pool.Add(proto)
factory = message_factory.MessageFactory(pool)
Request = factory.GetPrototype(pool.FindMessageTypeByName("serval.test.v1.EchoRequest"))
Response = factory.GetPrototype(pool.FindMessageTypeByName("serval.test.v1.EchoResponse"))
size = 80 * 1024 * 1024
channel = grpc.insecure_channel(address, compression=grpc.Compression.Gzip if scenario == "gzip" else None, options=[
    ("grpc.max_receive_message_length", size), ("grpc.max_send_message_length", size)])


def unary(name):
    return channel.unary_unary("/serval.test.v1.Echo/" + name, Request.SerializeToString, Response.FromString)


def count():
    return channel.unary_stream("/serval.test.v1.Echo/Count", Request.SerializeToString, Response.FromString)


def round_trip(length):
    payload = (b"serval " * (length // 7 + 1))[:length]
    assert unary("Say")(Request(payload=payload)).payload == payload


def expect(code, call):
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, error
        return error
    raise AssertionError("the call succeeded")


def metadata():
    _, call = unary("Say").with_call(Request(), metadata=[("x-text", "words, and more"), ("x-bytes-bin", b"\0\xff\1")])
    trailers = dict(call.trailing_metadata())
    assert trailers["x-text"] == "words, and more" and trailers["x-bytes-bin"] == b"\0\xff\1", trailers


def error():
    detail = "no such thing: 100% „gone“\n"
    got = expect(grpc.StatusCode.NOT_FOUND, lambda: unary("Say")(Request(fail_code=5, fail_detail=detail)))
    assert got.details() == detail, got.details()


def stream_error():
    seen = []

    def read():
        for message in count()(Request(count=3, fail_code=10, fail_detail="after three")):
            seen.append(message.number)
    expect(grpc.StatusCode.ABORTED, read)
    assert seen == [0, 1, 2]


def cancel():
    call = unary("Hang").future(Request())
    threading.Timer(0.2, call.cancel).start()
    try:
        call.result()
    except grpc.FutureCancelledError:
        return
    raise AssertionError("the call was not cancelled")


def concurrent():
    calls = [unary("Say").future(Request(payload=b"x" * (1000 + i))) for i in range(100)]
    for i, call in enumerate(calls):
        assert len(call.result().payload) == 1000 + i


def stream():
    assert [m.number for m in count()(Request(count=1000))] == list(range(1000))


{
    "unary": lambda: round_trip(11),
    "gzip": lambda: round_trip(100000),
    "large4": lambda: round_trip(4 * 1024 * 1024),
    "large64": lambda: round_trip(64 * 1024 * 1024),
    "metadata": metadata,
    "stream": stream,
    "error": error,
    "streamError": stream_error,
    "unimplemented": lambda: expect(grpc.StatusCode.UNIMPLEMENTED, lambda: unary("Nothing")(Request())),
    "deadline": lambda: expect(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: unary("Hang")(Request(), timeout=0.3)),
    "cancel": cancel,
    "concurrent": concurrent,
}[scenario]()
