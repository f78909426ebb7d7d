/* Runs a program under a seccomp allow-list, as a container runtime does: seccomp-run LIST PROGRAM [ARGUMENT...]
 * Each line of LIST is one of
 *     allow NAME
 *     errno NAME NUMBER
 *     masked NAME ARGUMENT MASK VALUE     (allowed when argument & mask == value)
 * Everything else fails with EPERM. Names that this architecture does not have are passed over. Test-only. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void stop(const char *what, int error)
{
    fprintf(stderr, "seccomp-run: %s: %s\n", what, strerror(error));
    exit(125);
}

static void add(scmp_filter_ctx filter, char *line)
{
    char kind[16], name[64];
    unsigned argument = 0;
    unsigned long long first = 0, second = 0;
    int words = sscanf(line, "%15s %63s %u %llu %llu", kind, name, &argument, &first, &second);
    if (words < 2)
        stop(line, EINVAL);
    int number = seccomp_syscall_resolve_name(name);
    if (number < 0)
        return;
    int result = -EINVAL;
    if (strcmp(kind, "allow") == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
    else if (strcmp(kind, "errno") == 0 && words == 3)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(argument), number, 0);
    else if (strcmp(kind, "masked") == 0 && words == 5)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1, SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, first, second));
    if (result < 0)
        stop(line, -result);
}

int main(int count, char **arguments)
{
    if (count < 3)
        stop("usage: seccomp-run LIST PROGRAM [ARGUMENT...]", EINVAL);
    FILE *list = fopen(arguments[1], "r");
    if (list == NULL)
        stop(arguments[1], errno);
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    char line[256];
    while (fgets(line, sizeof line, list) != NULL)
        add(filter, line);
    fclose(list);
    int result = seccomp_load(filter);
    if (result < 0)
        stop("the filter can't be loaded", -result);
    execvp(arguments[2], arguments + 2);
    stop(arguments[2], errno);
}
