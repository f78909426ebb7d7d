"""Drives a gateway with grpcio: drive.py DESCRIPTORS ADDRESS; exits 0 when all is as expected."""
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

pool = descriptor_pool.DescriptorPool()
with open(sys.argv[1], "rb") as file:
    for proto in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
        pool.Add(proto)
service = pool.FindServiceByName("serval.vpp.v1.VppGateway")
factory = message_factory.MessageFactory(pool)
channel = grpc.insecure_channel(sys.argv[2])


def call(name, **request):
    method = service.methods_by_name[name]
    ask = json_format.ParseDict(request, factory.GetPrototype(method.input_type)())
    send = channel.unary_unary(
        f"/{service.full_name}/{name}", lambda m: m.SerializeToString(),
        factory.GetPrototype(method.output_type).FromString)
    return send(ask, timeout=20)


acl = {"name": "web", "rules": [{"action": "ACL_ACTION_PERMIT", "source": "10.1.0.0/24"}]}
assert call("ApplyAcl", acl=acl).change.changed
assert not call("ApplyAcl", acl=acl).change.changed
assert call("BindAcls", interface="host-va", input_acls=["web"]).change.changed
assert [i.name for i in call("GetInterfaces").interfaces][:2] == ["local0", "host-va"]
try:
    call("ApplyAcl", acl={"name": "web", "rules": [{"action": "ACL_ACTION_PERMIT", "source": "10.1.0.5/24"}]})
    raise SystemExit("host bits were taken")
except grpc.RpcError as error:
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error
    assert "acl.rules[0].source" in error.details(), error
