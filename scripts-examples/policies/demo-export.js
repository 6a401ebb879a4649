// Exports only into a folder of their own under exports/.
export default (call) => /^exports\/[a-z0-9_-]+$/.test(call.args.destination);
