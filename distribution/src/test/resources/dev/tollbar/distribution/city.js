export default (call) => call.args.location === "Chicago";
