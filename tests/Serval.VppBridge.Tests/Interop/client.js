// Calls the echo service with grpc-js. Usage: client.js MODULES ADDRESS SCENARIO; exits 0 when all is as expected.
const [modules, address, scenario] = process.argv.slice(2);
const assert = require('assert');
const path = require('path');
const grpc = require(path.join(modules, '@grpc/grpc-js'));
const loader = require(path.join(modules, '@grpc/proto-loader'));
const definition = loader.loadSync(path.join(__dirname, 'echo.proto'), { keepCase: true, defaults: true });
const { Echo } = grpc.loadPackageDefinition(definition).serval.test.v1;
const size = 80 * 1024 * 1024;
const gzip = scenario === 'gzip';
const client = new Echo(address, grpc.credentials.createInsecure(), {
  'grpc.max_receive_message_length': size, 'grpc.max_send_message_length': size,
  ...(gzip ? { 'grpc.default_compression_algorithm': 2 } : {}),
});
const say = (request, metadata = new grpc.Metadata(), options = {}) => new Promise((resolve) => {
  const result = {};
  client.Say(request, metadata, options, (error, response) => Object.assign(result, { error, response }))
    .on('status', (status) => resolve({ ...result, trailers: status.metadata }));
});
const roundTrip = async (bytes) => {
  const payload = Buffer.alloc(bytes, 'serval ');
  const { error, response } = await say({ payload });
  assert.ifError(error);
  assert.ok(response.payload.equals(payload));
};

const scenarios = {
  unary: () => roundTrip(11),
  gzip: () => roundTrip(100000),
  large4: () => roundTrip(4 * 1024 * 1024),
  large64: () => roundTrip(64 * 1024 * 1024),
  metadata: async () => {
    const metadata = new grpc.Metadata();
    metadata.set('x-text', 'words, and more');
    metadata.set('x-bytes-bin', Buffer.from([0, 255, 1]));
    const { error, trailers } = await say({}, metadata);
    assert.ifError(error);
    assert.deepStrictEqual(trailers.get('x-text'), ['words, and more']);
    assert.deepStrictEqual([...trailers.get('x-bytes-bin')[0]], [0, 255, 1]);
  },
  stream: () => new Promise((resolve, reject) => {
    const seen = [];
    const call = client.Count({ count: 1000 });
    call.on('data', (message) => seen.push(message.number));
    call.on('error', reject);
    call.on('end', () => {
      assert.deepStrictEqual(seen, Array.from({ length: 1000 }, (_, i) => i));
      resolve();
    });
  }),
  error: async () => {
    const { error } = await say({ fail_code: 5, fail_detail: 'no such thing: 100% „gone“\n' });
    assert.strictEqual(error.code, 5);
    assert.strictEqual(error.details, 'no such thing: 100% „gone“\n');
  },
  streamError: () => new Promise((resolve, reject) => {
    const seen = [];
    const call = client.Count({ count: 3, fail_code: 10, fail_detail: 'after three' });
    call.on('data', (message) => seen.push(message.number));
    call.on('end', () => reject(new Error('ended without an error')));
    call.on('error', (error) => {
      assert.deepStrictEqual([error.code, error.details, seen.length], [10, 'after three', 3]);
      resolve();
    });
  }),
  unimplemented: async () => {
    const error = await new Promise((resolve) => client.makeUnaryRequest(
      '/serval.test.v1.Echo/Nothing', (x) => x, (x) => x, Buffer.alloc(0), resolve));
    assert.strictEqual(error.code, 12);
  },
  deadline: async () => {
    const error = await new Promise((resolve) => client.Hang({}, { deadline: Date.now() + 300 }, resolve));
    assert.strictEqual(error.code, 4);
  },
  cancel: async () => {
    const error = await new Promise((resolve) => {
      const call = client.Hang({}, resolve);
      setTimeout(() => call.cancel(), 200);
    });
    assert.strictEqual(error.code, 1);
  },
  concurrent: async () => {
    await Promise.all(Array.from({ length: 100 }, (_, i) => roundTrip(1000 + i)));
  },
};

scenarios[scenario]().then(() => { client.close(); process.exit(0); }, (error) => {
  console.error(error);
  process.exit(1);
});
