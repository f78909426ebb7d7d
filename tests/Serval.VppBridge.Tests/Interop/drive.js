// Drives a gateway with grpc-js: drive.js MODULES PROTO_ROOT ADDRESS; exits 0 when all is as expected.
const [modules, root, address] = process.argv.slice(2);
const assert = require('assert');
const path = require('path');
const grpc = require(path.join(modules, '@grpc/grpc-js'));
const loader = require(path.join(modules, '@grpc/proto-loader'));
const definition = loader.loadSync(
  'serval/vpp/v1/vpp_gateway.proto', { keepCase: true, defaults: true, enums: String, includeDirs: [root] });
const { VppGateway } = grpc.loadPackageDefinition(definition).serval.vpp.v1;
const client = new VppGateway(address, grpc.credentials.createInsecure());
const call = (method, request) => new Promise((resolve, reject) => client[method](
  request, { deadline: Date.now() + 20000 }, (error, response) => (error ? reject(error) : resolve(response))));

(async () => {
  const version = await call('GetVersion', {});
  assert.strictEqual(version.vpp_version, 'v26.06-release');
  const events = client.WatchEvents({});
  const acl = {
    name: 'web',
    rules: [
      { action: 'ACL_ACTION_DENY', source: '10.1.0.0/24', protocol: 'tcp', destination_ports: { first: 80, last: 80 } },
      { action: 'ACL_ACTION_PERMIT', ip_version: 4 },
    ],
  };
  const dry = await call('ApplyAcl', { acl, dry_run: true });
  assert.deepStrictEqual(dry.change.steps, ['create ACL web with 2 rules']);
  const applied = await call('ApplyAcl', { acl });
  assert.ok(applied.change.changed && applied.change.resource_version);
  assert.ok(!(await call('ApplyAcl', { acl })).change.changed);
  await call('BindAcls', { interface: 'host-va', input_acls: ['web'] });
  const { interfaces } = await call('GetInterfaces', { names: ['host-va'] });
  assert.deepStrictEqual(interfaces[0].input_acls, ['web']);
  const { acls } = await call('ListAcls', {});
  assert.deepStrictEqual([acls[0].rules.length, acls[0].input_on], [2, ['host-va']]);
  const { tunnel } = await call('CreateTunnel', {
    tunnel: { name: 'site-b', local_address: '192.0.2.1', listen_port: 51820, addresses: ['10.99.0.1/24'] },
  });
  assert.strictEqual(tunnel.interface, 'wg0');
  await call('AddTunnelPeer', {
    tunnel: 'site-b',
    peer: { public_key: 'eQOGFgpVvQkyeqpUbiufEDcNXBhgNE05qi4xy+xb7lc=', allowed_ips: ['10.99.0.2/32'], tunnel_address: '10.99.0.2' },
  });
  assert.strictEqual((await call('ListTunnels', {})).tunnels[0].peers.length, 1);
  await call('RemoveTunnelPeer', { tunnel: 'site-b', public_key: 'eQOGFgpVvQkyeqpUbiufEDcNXBhgNE05qi4xy+xb7lc=' });
  await call('SetSourceNat', {
    source_nat: { inside_interfaces: ['host-va'], outside_interfaces: ['host-vb'], addresses: ['10.2.0.1'] },
  });
  assert.deepStrictEqual((await call('GetSourceNat', {})).source_nat.addresses, ['10.2.0.1']);
  await call('SetSourceNat', {});
  const error = await call('DeleteAcl', { name: 'web' }).catch((e) => e);
  assert.strictEqual(error.code, 9);
  assert.match(error.details, /host-va/);
  await call('BindAcls', { interface: 'host-va' });
  await call('DeleteAcl', { name: 'web' });
  await call('DeleteTunnel', { name: 'site-b' });
  const event = await new Promise((resolve, reject) => events.on('data', resolve).on('error', reject));
  assert.strictEqual(event.kind, 'EVENT_KIND_CHANGE_APPLIED');
  events.on('error', () => {}).cancel();
})().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
