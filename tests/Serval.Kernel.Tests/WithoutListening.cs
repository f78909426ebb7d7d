using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Serval.Kernel.Tests;

/// <summary>
/// A thread whose every listen(2) the kernel refuses (a seccomp filter, which ends with the thread): it tells
/// whether code listens without waiting for somebody who connects at the right moment.
/// </summary>
internal static unsafe class WithoutListening
{
    /// <summary>What a refused call says: EPROTO, which listen(2) itself never says.</summary>
    public const int Refusal = 71;

    private const int SetNoNewPrivileges = 38;
    private const int SetSeccomp = 22;
    private const nuint FilterMode = 2;
    private const ushort LoadWord = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private const ushort JumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private const ushort Return = 0x06; // BPF_RET | BPF_K
    private const uint Refuse = 0x0005_0000 | Refusal; // SECCOMP_RET_ERRNO
    private const uint Allow = 0x7FFF_0000; // SECCOMP_RET_ALLOW

    private static uint ListenNumber => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 50,
        Architecture.Arm64 => 201,
        Architecture other => throw new PlatformNotSupportedException($"{other} has no number for listen"),
    };

    /// <summary>Runs something on such a thread, to its end; rethrows what it throws.</summary>
    public static void Run(Action action)
    {
        ExceptionDispatchInfo? fault = null;
        Thread thread = new(() =>
        {
            try
            {
                Install();
                action();
            }
            catch (Exception thrown)
            {
                fault = ExceptionDispatchInfo.Capture(thrown);
            }
        });
        thread.Start();
        thread.Join();
        fault?.Throw();
    }

    private static void Install()
    {
        // The number of the call is the first word of what a filter looks at (struct seccomp_data).
        Instruction[] filter =
        [
            new(LoadWord, 0, 0, 0),
            new(JumpIfEqual, 0, 1, ListenNumber),
            new(Return, 0, 0, Refuse),
            new(Return, 0, 0, Allow),
        ];
        fixed (Instruction* first = filter)
        {
            FilterProgram program = new((ushort)filter.Length, first);
            Assert.Equal(0, Control(SetNoNewPrivileges, 1, null, 0, 0));
            Assert.Equal(0, Control(SetSeccomp, FilterMode, &program, 0, 0));
        }
    }

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static extern int Control(int option, nuint a, void* b, nuint c, nuint d);

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Operand);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct FilterProgram(ushort length, Instruction* filter)
    {
        public readonly ushort Length = length;
        public readonly Instruction* Filter = filter;
    }
}
