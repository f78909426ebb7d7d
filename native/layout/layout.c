/* Prints what the C compiler says of the kernel's structs and constants, one fact per line:
 *   struct C# name: size          field C# struct.field: offset          value C# class.name: value
 * A test compiles this, runs it, and compares every line with the C# declarations. Constants that the installed
 * headers do not know are printed as "absent". */
#define _GNU_SOURCE /* POLLRDHUP */
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/* HAS_SOCKET_COMMANDS is set by the test when the headers declare SOCKET_URING_OP_SETSOCKOPT (6.7): an enumerator,
 * which the preprocessor cannot see. */

#define SIZE(name, type) printf("struct %s %zu\n", name, sizeof(type))
#define FIELD(name, type, member) printf("field %s %zu\n", name, offsetof(type, member))
#define VALUE(name, value) printf("value %s %lld\n", name, (long long)(value))
#define ABSENT(name) printf("absent %s 0\n", name)

static void entries(void)
{
    SIZE("SubmissionEntry", struct io_uring_sqe);
    FIELD("SubmissionEntry.Opcode", struct io_uring_sqe, opcode);
    FIELD("SubmissionEntry.Flags", struct io_uring_sqe, flags);
    FIELD("SubmissionEntry.IoPriority", struct io_uring_sqe, ioprio);
    FIELD("SubmissionEntry.Descriptor", struct io_uring_sqe, fd);
    FIELD("SubmissionEntry.Offset", struct io_uring_sqe, off);
    FIELD("SubmissionEntry.CommandOperation", struct io_uring_sqe, cmd_op);
    FIELD("SubmissionEntry.Address", struct io_uring_sqe, addr);
    FIELD("SubmissionEntry.Length", struct io_uring_sqe, len);
    FIELD("SubmissionEntry.OperationFlags", struct io_uring_sqe, msg_flags);
    FIELD("SubmissionEntry.Token", struct io_uring_sqe, user_data);
    FIELD("SubmissionEntry.BufferGroup", struct io_uring_sqe, buf_group);
    FIELD("SubmissionEntry.Personality", struct io_uring_sqe, personality);
    FIELD("SubmissionEntry.FileIndex", struct io_uring_sqe, file_index);
#ifdef HAS_SOCKET_COMMANDS
    FIELD("SubmissionEntry.Level", struct io_uring_sqe, level);
    FIELD("SubmissionEntry.OptionName", struct io_uring_sqe, optname);
    FIELD("SubmissionEntry.OptionLength", struct io_uring_sqe, optlen);
    FIELD("SubmissionEntry.OptionValue", struct io_uring_sqe, optval);
#else
    ABSENT("SubmissionEntry.Level");
    ABSENT("SubmissionEntry.OptionName");
    ABSENT("SubmissionEntry.OptionLength");
    ABSENT("SubmissionEntry.OptionValue");
#endif
    FIELD("SubmissionEntry.Pad", struct io_uring_sqe, __pad2);
}

/* Structs of Tmds.LibC that the kernel reads or writes. */
static void library(void)
{
    SIZE("io_uring_params", struct io_uring_params);
    FIELD("io_uring_params.features", struct io_uring_params, features);
    FIELD("io_uring_params.sq_off", struct io_uring_params, sq_off);
    FIELD("io_uring_params.cq_off", struct io_uring_params, cq_off);
    SIZE("io_uring_cqe", struct io_uring_cqe);
    FIELD("io_uring_cqe.res", struct io_uring_cqe, res);
    FIELD("io_uring_cqe.flags", struct io_uring_cqe, flags);
    /* An io_uring_files_update is what registers the ring's own descriptor, too. */
    SIZE("io_uring_files_update", struct io_uring_rsrc_update);
    FIELD("io_uring_files_update.offset", struct io_uring_rsrc_update, offset);
    FIELD("io_uring_files_update.fds", struct io_uring_rsrc_update, data);
    SIZE("io_uring_probe", struct io_uring_probe);
    SIZE("io_uring_probe_op", struct io_uring_probe_op);
    FIELD("io_uring_probe_op.flags", struct io_uring_probe_op, flags);
    SIZE("timespec", struct __kernel_timespec);
    SIZE("msghdr", struct msghdr);
    SIZE("iovec", struct iovec);
    SIZE("cpu_set_t", cpu_set_t);
    SIZE("epoll_event", struct epoll_event);
}

static void registrations(void)
{
    SIZE("EnterArguments", struct io_uring_getevents_arg);
    FIELD("EnterArguments.SignalMask", struct io_uring_getevents_arg, sigmask);
    FIELD("EnterArguments.SignalMaskSize", struct io_uring_getevents_arg, sigmask_sz);
    /* min_wait_usec took the place of pad, right behind sigmask_sz, in 6.12. */
    printf("field EnterArguments.MinimumWaitMicroseconds %zu\n",
           offsetof(struct io_uring_getevents_arg, sigmask_sz) + sizeof(__u32));
    FIELD("EnterArguments.Timespec", struct io_uring_getevents_arg, ts);
    SIZE("ProvidedBuffer", struct io_uring_buf);
    FIELD("ProvidedBuffer.Address", struct io_uring_buf, addr);
    FIELD("ProvidedBuffer.Length", struct io_uring_buf, len);
    FIELD("ProvidedBuffer.BufferId", struct io_uring_buf, bid);
    FIELD("ProvidedBuffer.Reserved", struct io_uring_buf, resv);
    FIELD("ProvidedBuffer.Reserved", struct io_uring_buf_ring, tail);
    SIZE("ProvidedRingRegistration", struct io_uring_buf_reg);
    FIELD("ProvidedRingRegistration.Address", struct io_uring_buf_reg, ring_addr);
    FIELD("ProvidedRingRegistration.Entries", struct io_uring_buf_reg, ring_entries);
    FIELD("ProvidedRingRegistration.GroupId", struct io_uring_buf_reg, bgid);
    /* flags took the place of pad, right behind bgid, in 6.4. */
    printf("field ProvidedRingRegistration.Flags %zu\n", offsetof(struct io_uring_buf_reg, bgid) + sizeof(__u16));
    SIZE("FileTableRegistration", struct io_uring_rsrc_register);
    FIELD("FileTableRegistration.Count", struct io_uring_rsrc_register, nr);
    FIELD("FileTableRegistration.Flags", struct io_uring_rsrc_register, flags);
    FIELD("FileTableRegistration.Descriptors", struct io_uring_rsrc_register, data);
    FIELD("FileTableRegistration.Tags", struct io_uring_rsrc_register, tags);
}

static void sockets(void)
{
    FIELD("SocketAddress.Family", struct sockaddr_in, sin_family);
    FIELD("SocketAddress.PortBigEndian", struct sockaddr_in, sin_port);
    FIELD("SocketAddress.Ipv4", struct sockaddr_in, sin_addr);
    FIELD("SocketAddress.Family", struct sockaddr_in6, sin6_family);
    FIELD("SocketAddress.PortBigEndian", struct sockaddr_in6, sin6_port);
    FIELD("SocketAddress.Ipv6", struct sockaddr_in6, sin6_addr);
    FIELD("SocketAddress.Scope", struct sockaddr_in6, sin6_scope_id);
    VALUE("SocketAddress.BytesMax", sizeof(struct sockaddr_in6));
    VALUE("SocketAddress.FamilyIpv4", AF_INET);
    VALUE("SocketAddress.FamilyIpv6", AF_INET6);
}

static void opcodes(void)
{
    VALUE("Opcode.Nop", IORING_OP_NOP);
    VALUE("Opcode.PollAdd", IORING_OP_POLL_ADD);
    VALUE("Opcode.SendMessage", IORING_OP_SENDMSG);
    VALUE("Opcode.Accept", IORING_OP_ACCEPT);
    VALUE("Opcode.AsyncCancel", IORING_OP_ASYNC_CANCEL);
    VALUE("Opcode.Connect", IORING_OP_CONNECT);
    VALUE("Opcode.Close", IORING_OP_CLOSE);
    VALUE("Opcode.Read", IORING_OP_READ);
    VALUE("Opcode.Send", IORING_OP_SEND);
    VALUE("Opcode.Receive", IORING_OP_RECV);
    VALUE("Opcode.Shutdown", IORING_OP_SHUTDOWN);
    VALUE("Opcode.Socket", IORING_OP_SOCKET);
    VALUE("Opcode.UringCommand", IORING_OP_URING_CMD);
}

static void flags(void)
{
    VALUE("RingFlags.SetupCompletionSize", IORING_SETUP_CQSIZE);
    VALUE("RingFlags.SetupClamp", IORING_SETUP_CLAMP);
    VALUE("RingFlags.SetupSubmitAll", IORING_SETUP_SUBMIT_ALL);
    VALUE("RingFlags.SetupCoopTaskrun", IORING_SETUP_COOP_TASKRUN);
    VALUE("RingFlags.SetupSingleIssuer", IORING_SETUP_SINGLE_ISSUER);
    VALUE("RingFlags.SetupDeferTaskrun", IORING_SETUP_DEFER_TASKRUN);
#ifdef IORING_SETUP_NO_SQARRAY
    VALUE("RingFlags.SetupNoSubmissionArray", IORING_SETUP_NO_SQARRAY);
#else
    ABSENT("RingFlags.SetupNoSubmissionArray");
#endif
#ifdef HAS_SOCKET_COMMANDS
    VALUE("RingFlags.CommandUnread", SOCKET_URING_OP_SIOCINQ);
    VALUE("RingFlags.CommandUnacknowledged", SOCKET_URING_OP_SIOCOUTQ);
    VALUE("RingFlags.CommandSetSocketOption", SOCKET_URING_OP_SETSOCKOPT);
#else
    ABSENT("RingFlags.CommandUnread");
    ABSENT("RingFlags.CommandUnacknowledged");
    ABSENT("RingFlags.CommandSetSocketOption");
#endif
    VALUE("RingFlags.PollEnd", POLLRDHUP);
    VALUE("RingFlags.PollGone", POLLERR | POLLHUP);
    VALUE("RingFlags.FeatureExtendedArguments", IORING_FEAT_EXT_ARG);
    VALUE("RingFlags.EntryFixedFile", IOSQE_FIXED_FILE);
    VALUE("RingFlags.EntryLink", IOSQE_IO_LINK);
    VALUE("RingFlags.EntryBufferSelect", IOSQE_BUFFER_SELECT);
    VALUE("RingFlags.EntrySkipSuccess", IOSQE_CQE_SKIP_SUCCESS);
    VALUE("RingFlags.EnterCall", __NR_io_uring_enter);
    VALUE("RingFlags.EnterGetEvents", IORING_ENTER_GETEVENTS);
    VALUE("RingFlags.EnterExtendedArguments", IORING_ENTER_EXT_ARG);
    VALUE("RingFlags.EnterRegisteredRing", IORING_ENTER_REGISTERED_RING);
    VALUE("RingFlags.CompletionBuffer", IORING_CQE_F_BUFFER);
    VALUE("RingFlags.CompletionMore", IORING_CQE_F_MORE);
    VALUE("RingFlags.CompletionBufferShift", IORING_CQE_BUFFER_SHIFT);
    VALUE("RingFlags.ReceiveMultishot", IORING_RECV_MULTISHOT);
    VALUE("RingFlags.RegisterFiles2", IORING_REGISTER_FILES2);
    VALUE("RingFlags.RegisterKernelThreads", IORING_REGISTER_IOWQ_MAX_WORKERS);
    VALUE("RingFlags.RegisterRingDescriptors", IORING_REGISTER_RING_FDS);
    VALUE("RingFlags.UnregisterRingDescriptors", IORING_UNREGISTER_RING_FDS);
    VALUE("RingFlags.RegisterProvidedRing", IORING_REGISTER_PBUF_RING);
    VALUE("RingFlags.RegisterFilesSparse", IORING_RSRC_REGISTER_SPARSE);
}

int main(void)
{
    entries();
    library();
    registrations();
    sockets();
    opcodes();
    flags();
    return 0;
}
