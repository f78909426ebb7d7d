/* Makes a system call by its number and says what became of it: forbidden NAME. Test-only. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    int number = count == 2 ? seccomp_syscall_resolve_name(arguments[1]) : -1;
    if (number < 0)
        return 2;
    long result = syscall(number, 0, 0, 0, 0, 0, 0);
    printf("%s\n", result == -1 ? strerrorname_np(errno) : "done");
    return 0;
}
