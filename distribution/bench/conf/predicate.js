// What a small predicate does: looks at an argument, refuses some, permits the rest.
export default (call) => {
  const { text } = call.args;
  if (typeof text !== "string" || text.length > 5000) return "text must be at most 5000 characters.";
  if (text.includes("DROP TABLE")) return "No.";
  return true;
};
