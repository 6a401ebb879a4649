/* The smallest stdio MCP server that the bench can drive: answers tools/call with the text it was given. Its clients are
   the bench and the gateway, which send one object a line; it looks for members by their names and checks nothing. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The raw value of a member: its start, and its length in n; 0 where there is none. */
static char *value(char *line, const char *name, size_t *n) {
  char *p = strstr(line, name);
  if (!p) return 0;
  p += strlen(name);
  while (*p == ' ' || *p == ':') p++;
  char *e = p;
  if (*e == '"') {
    for (e++; *e && *e != '"'; e++) if (*e == '\\' && e[1]) e++;
    if (*e) e++;
  } else while (*e && *e != ',' && *e != '}' && *e != '\n') e++;
  *n = (size_t)(e - p);
  return p;
}

int main(void) {
  char *line = 0;
  size_t room = 0, id_length = 0, n = 0;
  static char out[1 << 16];
  setvbuf(stdout, out, _IOFBF, sizeof out);
  while (getline(&line, &room, stdin) > 0) {
    char *id = value(line, "\"id\"", &id_length);
    if (!id) continue;
    printf("{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":", (int)id_length, id);
    char *text = strstr(line, "\"tools/call\"") ? value(line, "\"text\"", &n) : 0;
    if (text) printf("{\"content\":[{\"type\":\"text\",\"text\":%.*s}],\"isError\":false}}\n", (int)n, text);
    else if (strstr(line, "\"initialize\""))
      printf("{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"echo\",\"version\":\"1\"}}}\n");
    else if (strstr(line, "\"tools/list\"")) printf("{\"tools\":[{\"name\":\"echo\",\"inputSchema\":{\"type\":\"object\"}}]}}\n");
    else printf("{}}\n");
    fflush(stdout);
  }
  return 0;
}
