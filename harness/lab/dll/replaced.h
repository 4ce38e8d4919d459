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
int WSAAPI hook_bind(SOCKET socket, const struct sockaddr *address, int size);
int WSAAPI hook_listen(SOCKET socket, int backlog);
int WSAAPI hook_shutdown(SOCKET socket, int how);
int WSAAPI hook_closesocket(SOCKET socket);
int WSAAPI hook_getpeername(SOCKET socket, struct sockaddr *address, int *size);

/* ---- accept_hooks.c ---- */

SOCKET WSAAPI hook_accept(SOCKET listener, struct sockaddr *address, int *size);
SOCKET WSAAPI hook_WSAAccept(SOCKET listener, struct sockaddr *address, int *size,
                             LPCONDITIONPROC condition, DWORD_PTR data);

/* ---- connect_hooks.c ---- */

int WSAAPI hook_connect(SOCKET socket, const struct sockaddr *address, int size);
int WSAAPI hook_WSAConnect(SOCKET socket, const struct sockaddr *address, int size, LPWSABUF caller,
                           LPWSABUF callee, LPQOS sending, LPQOS group);

/* ---- ioctl_hooks.c ---- */

int WSAAPI hook_WSAIoctl(SOCKET socket, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                         DWORD out_size, LPDWORD count, LPWSAOVERLAPPED overlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

/* ---- option_hooks.c ---- */

int WSAAPI hook_setsockopt(SOCKET socket, int level, int option, const char *value, int size);
int WSAAPI hook_getsockopt(SOCKET socket, int level, int option, char *value, int *size);

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
BOOL WINAPI hook_CloseHandle(HANDLE handle);
BOOL WINAPI hook_DuplicateHandle(HANDLE from, HANDLE source, HANDLE to, LPHANDLE target,
                                 DWORD access, BOOL inherit, DWORD options);
BOOL WINAPI hook_DeviceIoControl(HANDLE handle, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                                 DWORD out_size, LPDWORD count, LPOVERLAPPED overlapped);
BOOL WINAPI hook_ReadFile(HANDLE handle, LPVOID out, DWORD out_size, LPDWORD count,
                          LPOVERLAPPED overlapped);
BOOL WINAPI hook_WriteFile(HANDLE handle, LPCVOID in, DWORD in_size, LPDWORD count,
                           LPOVERLAPPED overlapped);
BOOL WINAPI hook_CancelIo(HANDLE handle);
BOOL WINAPI hook_CancelIoEx(HANDLE handle, LPOVERLAPPED overlapped);
BOOL WINAPI hook_GetOverlappedResult(HANDLE handle, LPOVERLAPPED overlapped, LPDWORD count,
                                     BOOL wait);
BOOL WINAPI hook_GetOverlappedResultEx(HANDLE handle, LPOVERLAPPED overlapped, LPDWORD count,
                                       DWORD limit, BOOL alertable);

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

/* ---- filter_hooks.c ---- */

DWORD WINAPI hook_FwpmEngineOpen0(const wchar_t *server, UINT32 authentication, void *identity,
                                  const void *session, HANDLE *engine);
DWORD WINAPI hook_FwpmEngineClose0(HANDLE engine);
DWORD WINAPI hook_FwpmTransactionBegin0(HANDLE engine, UINT32 flags);
DWORD WINAPI hook_FwpmTransactionCommit0(HANDLE engine);
DWORD WINAPI hook_FwpmTransactionAbort0(HANDLE engine);
DWORD WINAPI hook_FwpmProviderAdd0(HANDLE engine, const void *provider, void *security);
DWORD WINAPI hook_FwpmProviderDeleteByKey0(HANDLE engine, const void *key);
DWORD WINAPI hook_FwpmSubLayerAdd0(HANDLE engine, const void *sublayer, void *security);
DWORD WINAPI hook_FwpmSubLayerDeleteByKey0(HANDLE engine, const void *key);
DWORD WINAPI hook_FwpmCalloutDeleteByKey0(HANDLE engine, const void *key);
DWORD WINAPI hook_FwpmCalloutDeleteById0(HANDLE engine, UINT32 id);
DWORD WINAPI hook_FwpmFilterDeleteByKey0(HANDLE engine, const void *key);
DWORD WINAPI hook_FwpmFilterDeleteById0(HANDLE engine, UINT64 id);
DWORD WINAPI hook_FwpmCalloutAdd0(HANDLE engine, const void *callout, void *security, UINT32 *id);
DWORD WINAPI hook_FwpmFilterAdd0(HANDLE engine, const void *filter, void *security, UINT64 *id);

#endif
