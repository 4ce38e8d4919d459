/* SPDX-License-Identifier: MIT */

/* The replacements that hooks.c lists. Each has the contract of the call whose name it bears. */

#ifndef HARNESS_LAB_DLL_REPLACED_H
#define HARNESS_LAB_DLL_REPLACED_H

#include <winsock2.h>

#include <mswsock.h>
#include <windows.h>
#include <ws2tcpip.h>

/* ---- socket_hooks.c ---- */

SOCKET WSAAPI hook_socket(int family, int type, int protocol);
SOCKET WSAAPI hook_WSASocketA(int family, int type, int protocol, LPWSAPROTOCOL_INFOA info,
                              GROUP group, DWORD flags);
SOCKET WSAAPI hook_WSASocketW(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info,
                              GROUP group, DWORD flags);
int WSAAPI hook_WSADuplicateSocketA(SOCKET socket, DWORD process, LPWSAPROTOCOL_INFOA info);
int WSAAPI hook_WSADuplicateSocketW(SOCKET socket, DWORD process, LPWSAPROTOCOL_INFOW info);
int WSAAPI hook_bind(SOCKET socket, const struct sockaddr *address, int size);
int WSAAPI hook_listen(SOCKET socket, int backlog);
int WSAAPI hook_shutdown(SOCKET socket, int how);
int WSAAPI hook_WSASendDisconnect(SOCKET socket, LPWSABUF data);
int WSAAPI hook_WSARecvDisconnect(SOCKET socket, LPWSABUF data);
int WSAAPI hook_closesocket(SOCKET socket);
int WSAAPI hook_getpeername(SOCKET socket, struct sockaddr *address, int *size);

/* ---- accept_hooks.c ---- */

SOCKET WSAAPI hook_accept(SOCKET listener, struct sockaddr *address, int *size);
SOCKET WSAAPI hook_WSAAccept(SOCKET listener, struct sockaddr *address, int *size,
                             LPCONDITIONPROC condition, DWORD_PTR data);
BOOL PASCAL hook_AcceptEx(SOCKET listener, SOCKET accepted, PVOID buffer, DWORD received,
                          DWORD local, DWORD remote, LPDWORD count, LPOVERLAPPED overlapped);

/* ---- connect_hooks.c, connect_name_hooks.c ---- */

int WSAAPI hook_connect(SOCKET socket, const struct sockaddr *address, int size);
int WSAAPI hook_WSAConnect(SOCKET socket, const struct sockaddr *address, int size, LPWSABUF caller,
                           LPWSABUF callee, LPQOS sending, LPQOS group);
BOOL PASCAL hook_ConnectEx(SOCKET socket, const struct sockaddr *address, int size, PVOID data,
                           DWORD data_size, LPDWORD sent, LPOVERLAPPED overlapped);
BOOL PASCAL hook_DisconnectEx(SOCKET socket, LPOVERLAPPED overlapped, DWORD flags, DWORD reserved);
BOOL PASCAL hook_WSAConnectByNameA(SOCKET socket, LPCSTR name, LPCSTR service, LPDWORD local_size,
                                   LPSOCKADDR local, LPDWORD remote_size, LPSOCKADDR remote,
                                   const struct timeval *limit, LPWSAOVERLAPPED reserved);
BOOL PASCAL hook_WSAConnectByNameW(SOCKET socket, LPWSTR name, LPWSTR service, LPDWORD local_size,
                                   LPSOCKADDR local, LPDWORD remote_size, LPSOCKADDR remote,
                                   const struct timeval *limit, LPWSAOVERLAPPED reserved);
BOOL PASCAL hook_WSAConnectByList(SOCKET socket, PSOCKET_ADDRESS_LIST list, LPDWORD local_size,
                                  LPSOCKADDR local, LPDWORD remote_size, LPSOCKADDR remote,
                                  const struct timeval *limit, LPWSAOVERLAPPED reserved);

/* ---- ioctl_hooks.c ---- */

int WSAAPI hook_WSAIoctl(SOCKET socket, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                         DWORD out_size, LPDWORD count, LPWSAOVERLAPPED overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

/* ---- option_hooks.c ---- */

int WSAAPI hook_setsockopt(SOCKET socket, int level, int option, const char *value, int size);
int WSAAPI hook_getsockopt(SOCKET socket, int level, int option, char *value, int *size);

/* ---- datagram_send.c ---- */

int WSAAPI hook_send(SOCKET socket, const char *buffer, int size, int flags);
int WSAAPI hook_sendto(SOCKET socket, const char *buffer, int size, int flags,
                       const struct sockaddr *to, int to_size);
int WSAAPI hook_WSASend(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags,
                        LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
int WSAAPI hook_WSASendTo(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags,
                          const struct sockaddr *to, int to_size, LPWSAOVERLAPPED overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
int WSAAPI hook_WSASendMsg(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD sent,
                           LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
BOOL PASCAL hook_TransmitFile(SOCKET socket, HANDLE file, DWORD size, DWORD size_per_send,
                              LPOVERLAPPED overlapped, LPTRANSMIT_FILE_BUFFERS buffers,
                              DWORD flags);

/* ---- datagram_receive.c ---- */

int WSAAPI hook_recv(SOCKET socket, char *buffer, int size, int flags);
int WSAAPI hook_recvfrom(SOCKET socket, char *buffer, int size, int flags, struct sockaddr *from,
                         int *from_size);
int WSAAPI hook_WSARecv(SOCKET socket, LPWSABUF buffers, DWORD buffer_count, LPDWORD count,
                        LPDWORD flags, LPWSAOVERLAPPED overlapped,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
int WSAAPI hook_WSARecvFrom(SOCKET socket, LPWSABUF buffers, DWORD buffer_count, LPDWORD count,
                            LPDWORD flags, struct sockaddr *from, LPINT from_size,
                            LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
int WSAAPI hook_WSARecvMsg(SOCKET socket, LPWSAMSG message, LPDWORD count,
                           LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
int PASCAL hook_WSARecvEx(SOCKET socket, char *buffer, int size, int *flags);

/* ---- completion_hooks.c ---- */

HANDLE WINAPI hook_CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads);
BOOL WINAPI hook_SetFileCompletionNotificationModes(HANDLE file, UCHAR flags);
BOOL WINAPI hook_GetQueuedCompletionStatus(HANDLE port, LPDWORD count, PULONG_PTR key,
                                           LPOVERLAPPED *overlapped, DWORD milliseconds);
BOOL WINAPI hook_GetQueuedCompletionStatusEx(HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG room,
                                             PULONG removed, DWORD milliseconds, BOOL alertable);
BOOL WSAAPI hook_WSAGetOverlappedResult(SOCKET socket, LPWSAOVERLAPPED overlapped, LPDWORD count,
                                        BOOL wait, LPDWORD flags);
BOOL WINAPI hook_GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD count,
                                     BOOL wait);
BOOL WINAPI hook_GetOverlappedResultEx(HANDLE file, LPOVERLAPPED overlapped, LPDWORD count,
                                       DWORD milliseconds, BOOL alertable);
BOOL WINAPI hook_CancelIoEx(HANDLE file, LPOVERLAPPED overlapped);
BOOL WINAPI hook_CancelIo(HANDLE file);

/* ---- thread_pool_hooks.c ---- */

PTP_IO WINAPI hook_CreateThreadpoolIo(HANDLE file, PTP_WIN32_IO_CALLBACK callback, PVOID context,
                                      PTP_CALLBACK_ENVIRON environment);
BOOL WINAPI hook_BindIoCompletionCallback(HANDLE file, LPOVERLAPPED_COMPLETION_ROUTINE routine,
                                          ULONG flags);

/* ---- resolve_hooks.c ---- */

int WSAAPI hook_getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                            struct addrinfo **result);
int WSAAPI hook_GetAddrInfoW(PCWSTR name, PCWSTR service, const ADDRINFOW *hints,
                             PADDRINFOW *result);
int WSAAPI hook_GetAddrInfoExW(PCWSTR name, PCWSTR service, DWORD space, LPGUID provider,
                               const ADDRINFOEXW *hints, PADDRINFOEXW *result,
                               struct timeval *limit, LPOVERLAPPED overlapped,
                               LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, LPHANDLE handle);
struct hostent *WSAAPI hook_gethostbyname(const char *name);

/* ---- process_hooks.c ---- */

BOOL WINAPI hook_CreateProcessA(LPCSTR program, LPSTR line, LPSECURITY_ATTRIBUTES process_security,
                                LPSECURITY_ATTRIBUTES thread_security, BOOL inherits, DWORD flags,
                                LPVOID environment, LPCSTR folder, LPSTARTUPINFOA start,
                                LPPROCESS_INFORMATION process);
BOOL WINAPI hook_CreateProcessW(LPCWSTR program, LPWSTR line,
                                LPSECURITY_ATTRIBUTES process_security,
                                LPSECURITY_ATTRIBUTES thread_security, BOOL inherits, DWORD flags,
                                LPVOID environment, LPCWSTR folder, LPSTARTUPINFOW start,
                                LPPROCESS_INFORMATION process);
void WINAPI hook_ExitProcess(UINT code);
BOOL WINAPI hook_DuplicateHandle(HANDLE from, HANDLE source, HANDLE to, LPHANDLE copy, DWORD access,
                                 BOOL inherits, DWORD options);
BOOL WINAPI hook_CloseHandle(HANDLE handle);

/* ---- module_hooks.c ---- */

FARPROC WINAPI hook_GetProcAddress(HMODULE module, LPCSTR name);

/* ---- device_hooks.c ---- */

HANDLE WINAPI hook_CreateFileW(LPCWSTR path, DWORD access, DWORD share,
                               LPSECURITY_ATTRIBUTES security, DWORD how, DWORD flags,
                               HANDLE template_file);
HANDLE WINAPI hook_CreateFileA(LPCSTR path, DWORD access, DWORD share,
                               LPSECURITY_ATTRIBUTES security, DWORD how, DWORD flags,
                               HANDLE template_file);
HANDLE WINAPI hook_CreateFile2(LPCWSTR path, DWORD access, DWORD share, DWORD how,
                               LPCREATEFILE2_EXTENDED_PARAMETERS more);
BOOL WINAPI hook_DeviceIoControl(HANDLE handle, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                                 DWORD out_size, LPDWORD count, LPOVERLAPPED overlapped);
BOOL WINAPI hook_ReadFile(HANDLE handle, LPVOID out, DWORD out_size, LPDWORD count,
                          LPOVERLAPPED overlapped);
BOOL WINAPI hook_WriteFile(HANDLE handle, LPCVOID in, DWORD in_size, LPDWORD count,
                           LPOVERLAPPED overlapped);

BOOL WINAPI hook_ReadFileEx(HANDLE handle, LPVOID out, DWORD size, LPOVERLAPPED overlapped,
                            LPOVERLAPPED_COMPLETION_ROUTINE routine);
BOOL WINAPI hook_WriteFileEx(HANDLE handle, LPCVOID in, DWORD size, LPOVERLAPPED overlapped,
                             LPOVERLAPPED_COMPLETION_ROUTINE routine);

/* ---- service_hooks.c ---- */

SC_HANDLE WINAPI hook_OpenSCManagerW(LPCWSTR machine, LPCWSTR database, DWORD access);
SC_HANDLE WINAPI hook_OpenSCManagerA(LPCSTR machine, LPCSTR database, DWORD access);
SC_HANDLE WINAPI hook_OpenServiceW(SC_HANDLE manager, LPCWSTR name, DWORD access);
SC_HANDLE WINAPI hook_OpenServiceA(SC_HANDLE manager, LPCSTR name, DWORD access);
SC_HANDLE WINAPI hook_CreateServiceW(SC_HANDLE manager, LPCWSTR name, LPCWSTR display, DWORD access,
                                     DWORD type, DWORD start, DWORD control, LPCWSTR path,
                                     LPCWSTR group, LPDWORD tag, LPCWSTR dependencies, LPCWSTR user,
                                     LPCWSTR password);
SC_HANDLE WINAPI hook_CreateServiceA(SC_HANDLE manager, LPCSTR name, LPCSTR display, DWORD access,
                                     DWORD type, DWORD start, DWORD control, LPCSTR path,
                                     LPCSTR group, LPDWORD tag, LPCSTR dependencies, LPCSTR user,
                                     LPCSTR password);
BOOL WINAPI hook_CloseServiceHandle(SC_HANDLE handle);
BOOL WINAPI hook_StartServiceW(SC_HANDLE service, DWORD count, LPCWSTR *words);
BOOL WINAPI hook_StartServiceA(SC_HANDLE service, DWORD count, LPCSTR *words);
BOOL WINAPI hook_DeleteService(SC_HANDLE service);
BOOL WINAPI hook_ControlService(SC_HANDLE service, DWORD control, LPSERVICE_STATUS status);
BOOL WINAPI hook_QueryServiceStatus(SC_HANDLE service, LPSERVICE_STATUS status);
BOOL WINAPI hook_QueryServiceStatusEx(SC_HANDLE service, SC_STATUS_TYPE type, LPBYTE out,
                                      DWORD room, LPDWORD needed);
BOOL WINAPI hook_ChangeServiceConfigW(SC_HANDLE service, DWORD type, DWORD start, DWORD control,
                                      LPCWSTR path, LPCWSTR group, LPDWORD tag,
                                      LPCWSTR dependencies, LPCWSTR user, LPCWSTR password,
                                      LPCWSTR display);
BOOL WINAPI hook_ChangeServiceConfig2W(SC_HANDLE service, DWORD level, LPVOID info);

/* ---- service_main_hooks.c ---- */

BOOL WINAPI hook_StartServiceCtrlDispatcherW(const SERVICE_TABLE_ENTRYW *table);
BOOL WINAPI hook_StartServiceCtrlDispatcherA(const SERVICE_TABLE_ENTRYA *table);
SERVICE_STATUS_HANDLE WINAPI hook_RegisterServiceCtrlHandlerW(LPCWSTR name,
                                                              LPHANDLER_FUNCTION handler);
SERVICE_STATUS_HANDLE WINAPI hook_RegisterServiceCtrlHandlerA(LPCSTR name,
                                                              LPHANDLER_FUNCTION handler);
SERVICE_STATUS_HANDLE WINAPI hook_RegisterServiceCtrlHandlerExW(LPCWSTR name,
                                                                LPHANDLER_FUNCTION_EX handler,
                                                                LPVOID context);
SERVICE_STATUS_HANDLE WINAPI hook_RegisterServiceCtrlHandlerExA(LPCSTR name,
                                                                LPHANDLER_FUNCTION_EX handler,
                                                                LPVOID context);
BOOL WINAPI hook_SetServiceStatus(SERVICE_STATUS_HANDLE handle, LPSERVICE_STATUS status);

/* ---- filter_hooks.c ---- */

struct filter_blob;

DWORD WINAPI hook_FwpmEngineOpen0(const wchar_t *server, UINT32 authentication, void *identity,
                                  const void *session, HANDLE *engine);
DWORD WINAPI hook_FwpmEngineClose0(HANDLE engine);
DWORD WINAPI hook_FwpmEngineSetOption0(HANDLE engine, UINT32 option, const void *value);
DWORD WINAPI hook_FwpmTransactionBegin0(HANDLE engine, UINT32 flags);
DWORD WINAPI hook_FwpmTransactionCommit0(HANDLE engine);
DWORD WINAPI hook_FwpmTransactionAbort0(HANDLE engine);
DWORD WINAPI hook_FwpmProviderAdd0(HANDLE engine, const void *provider, void *security);
DWORD WINAPI hook_FwpmSubLayerAdd0(HANDLE engine, const void *sublayer, void *security);
DWORD WINAPI hook_FwpmCalloutAdd0(HANDLE engine, const void *callout, void *security,
                                  UINT32 *number);
DWORD WINAPI hook_FwpmFilterAdd0(HANDLE engine, const void *filter, void *security, UINT64 *id);
DWORD WINAPI hook_FwpmProviderDeleteByKey0(HANDLE engine, const void *key);
DWORD WINAPI hook_FwpmSubLayerDeleteByKey0(HANDLE engine, const void *key);
DWORD WINAPI hook_FwpmCalloutDeleteByKey0(HANDLE engine, const void *key);
DWORD WINAPI hook_FwpmCalloutDeleteById0(HANDLE engine, UINT32 number);
DWORD WINAPI hook_FwpmFilterDeleteByKey0(HANDLE engine, const void *key);
DWORD WINAPI hook_FwpmFilterDeleteById0(HANDLE engine, UINT64 id);
DWORD WINAPI hook_FwpmProviderGetByKey0(HANDLE engine, const void *key, void **found);
DWORD WINAPI hook_FwpmSubLayerGetByKey0(HANDLE engine, const void *key, void **found);
DWORD WINAPI hook_FwpmCalloutGetByKey0(HANDLE engine, const void *key, void **found);
DWORD WINAPI hook_FwpmFilterGetByKey0(HANDLE engine, const void *key, void **found);
DWORD WINAPI hook_FwpmGetAppIdFromFileName0(const wchar_t *path, struct filter_blob **app);
void WINAPI hook_FwpmFreeMemory0(void **memory);
DWORD WINAPI hook_FwpmProviderContextAdd0(HANDLE engine, const void *context, void *security,
                                          UINT64 *id);
DWORD WINAPI hook_FwpmProviderContextAdd1(HANDLE engine, const void *context, void *security,
                                          UINT64 *id);
DWORD WINAPI hook_FwpmProviderContextAdd2(HANDLE engine, const void *context, void *security,
                                          UINT64 *id);
DWORD WINAPI hook_FwpmProviderContextAdd3(HANDLE engine, const void *context, void *security,
                                          UINT64 *id);
DWORD WINAPI hook_FwpmProviderContextDeleteByKey0(HANDLE engine, const void *key);
DWORD WINAPI hook_FwpmProviderContextDeleteById0(HANDLE engine, UINT64 id);

/* ---- filter_enum_hooks.c ---- */

#define REPLACED_ENUMERATION(object)                                                               \
    DWORD WINAPI hook_Fwpm##object##CreateEnumHandle0(HANDLE engine, const void *what,             \
                                                      HANDLE *begun);                              \
    DWORD WINAPI hook_Fwpm##object##Enum0(HANDLE engine, HANDLE begun, UINT32 wanted,              \
                                          void ***entries, UINT32 *count);                         \
    DWORD WINAPI hook_Fwpm##object##DestroyEnumHandle0(HANDLE engine, HANDLE begun)

REPLACED_ENUMERATION(Provider);
REPLACED_ENUMERATION(SubLayer);
REPLACED_ENUMERATION(Callout);
REPLACED_ENUMERATION(Filter);
REPLACED_ENUMERATION(Layer);

#endif
