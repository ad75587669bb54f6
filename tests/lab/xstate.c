/*
 * User-mode-linux keeps 2696 bytes of a process's extended registers. On a host whose
 * registers are larger (AMX: 11008 bytes) the host kernel refuses to set a shorter set
 * with EFAULT, and the guest dies in its first process. Preloaded into the guest, this
 * widens each such request: what the guest keeps goes in front, the rest stays zero.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

enum { NT_X86_XSTATE = 0x202, XSTATE_BV = 512, LARGEST = 65536 };
typedef long (*ptrace_fn)(int, ...);

long ptrace(enum __ptrace_request request, ...)
{
    static ptrace_fn real;
    static size_t host_size;
    static __thread unsigned char wide[LARGEST];
    va_list args;
    va_start(args, request);
    int pid = va_arg(args, int);
    void *addr = va_arg(args, void *);
    void *data = va_arg(args, void *);
    va_end(args);
    if (!real) real = (ptrace_fn)dlsym(RTLD_NEXT, "ptrace");
    if (request != PTRACE_SETREGSET || (long)addr != NT_X86_XSTATE)
        return real(request, pid, addr, data);
    struct iovec *kept = data;
    if (!host_size) {
        struct iovec all = {wide, sizeof wide};
        if (real(PTRACE_GETREGSET, pid, addr, &all) == 0) host_size = all.iov_len;
    }
    if (kept->iov_len >= host_size || kept->iov_len < XSTATE_BV + sizeof(uint64_t))
        return real(request, pid, addr, data);
    memset(wide, 0, host_size);
    memcpy(wide, kept->iov_base, kept->iov_len);
    uint64_t present;
    memcpy(&present, wide + XSTATE_BV, sizeof present);
    present &= ~(UINT64_C(3) << 17); /* the tile registers lie behind what was kept */
    memcpy(wide + XSTATE_BV, &present, sizeof present);
    struct iovec whole = {wide, host_size};
    return real(request, pid, addr, &whole);
}
