/* Linked into the program for x86-64-v3 and run before the .NET runtime starts. The runtime also ends on an older
 * processor, but by SIGABRT and without a word of what to do. In C because no managed code can run there. */
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void require_processor(void)
{
    static const char message[] =
        "serval: this processor is too old for this build: it lacks AVX2, BMI2, FMA or LZCNT (x86-64-v3, which Intel has\n"
        "had since 2013 and AMD since 2015). Run it elsewhere, in a virtual machine pass the host's processor through,\n"
        "or build it for older ones: make build INSTRUCTION_SET=x86-64-v2\n";

    __builtin_cpu_init();
    if (!__builtin_cpu_supports("x86-64-v3")) {
        ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
        _exit(written < 0 ? EXIT_FAILURE + 1 : EXIT_FAILURE);
    }
}
