package cmdlets

import (
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Exceptions of barriers.
const (
	directoryException = "System.DirectoryServices.DirectoryServicesCOMException"
	sqlException       = "System.Data.SqlClient.SqlException"
	accessException    = "System.UnauthorizedAccessException"
	win32Exception     = "System.ComponentModel.Win32Exception"
	invalidOperation   = "System.InvalidOperationException"
)

// HRESULTs of barriers.
const (
	hresultOperations   = -2147016672 // 0x80072020, ERROR_DS_OPERATIONS_ERROR
	hresultLogonFailure = -2147023570 // 0x8007052E, ERROR_LOGON_FAILURE
	hresultSQL          = -2146232060 // 0x80131904, every SqlException
	hresultAccessDenied = -2147024891 // 0x80070005, E_ACCESSDENIED
	hresultOperation    = -2146233079 // 0x80131509, COR_E_INVALIDOPERATION
	hresultFail         = -2147467259 // 0x80004005, E_FAIL
	hresultOutOfMemory  = -2147024882 // 0x8007000E, E_OUTOFMEMORY
)

// notAuthenticated is ERROR_NOT_AUTHENTICATED, with which a domain controller answers a
// search on a connection that nobody signed in to.
const notAuthenticated = 1244

// Error numbers of SQL Server.
const (
	sqlLoginFailed      = 18456
	sqlUntrustedDomain  = 18452
	sqlPermissionDenied = 229
)

// May gives the exception that a session meets when it may not do an act, for commands
// that are not the product's; nil when it may.
func (s *Session) May(what farm.Act) error {
	b, ok := errors.AsType[*farm.Barrier](s.Farm.May(s.Who, s.Machine, what))
	if !ok {
		return nil
	}
	return s.exception(b)
}

// barred is the error record of a barrier. What the cmdlets make of these exceptions
// is published nowhere; the record is that of a cmdlet that lets an exception out:
// the id is the exception's class, and the category says nothing.
func (s *Session) barred(b *farm.Barrier) *value.ErrorRecord {
	e := s.exception(b)
	return value.NewErrorRecord(e, e.Type, "NotSpecified", nil)
}

func (s *Session) exception(b *farm.Barrier) *value.Exception {
	phrases := s.phrases()
	switch {
	case b.Resource == farm.Services, b.Resource == farm.ServiceList, b.Resource == farm.OtherServices:
		e := exception(invalidOperation, hresultOperation, phrases.serviceManager)
		e.Inner = exception(win32Exception, hresultFail, phrases.accessDenied, "NativeErrorCode", int32(5))
		return e
	case b.Resource == farm.FileShare:
		return exception(accessException, hresultAccessDenied, fmt.Sprintf(phrases.path, `\\`+s.Farm.Truth().CMSPool+`\LyncShare`))
	case b.Resource == farm.Directory && b.Stranger:
		return exception(directoryException, hresultLogonFailure, phrases.logonFailure, "ErrorCode", int32(hresultLogonFailure),
			"ExtendedError", int32(0), "ExtendedErrorMessage", "")
	case b.Resource == farm.Directory:
		return exception(directoryException, hresultOperations, phrases.operations, "ErrorCode", int32(hresultOperations),
			"ExtendedError", int32(notAuthenticated), "ExtendedErrorMessage", bindFirst)
	case b.Resource == farm.Containers:
		return exception(accessException, hresultAccessDenied, phrases.accessDenied)
	case b.Resource == farm.StoreContent:
		return sqlError(sqlPermissionDenied, phrases.permission)
	case b.Stranger:
		return sqlError(sqlUntrustedDomain, phrases.untrusted)
	case b.As == "":
		return sqlError(sqlLoginFailed, fmt.Sprintf(phrases.login, phrases.anonymous))
	}
	return sqlError(sqlLoginFailed, fmt.Sprintf(phrases.login, b.As))
}

// bindFirst is how a domain controller explains the error to programmers. It is never
// translated.
const bindFirst = "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563"

func sqlError(number int32, message string) *value.Exception {
	return exception(sqlException, hresultSQL, message, "Number", number, "Class", byte(14), "State", byte(1))
}

// exception makes an exception with its HRESULT and further properties, each a name
// and a value.
func exception(class string, hresult int32, message string, properties ...any) *value.Exception {
	e := value.NewException(class, message)
	e.Props = value.NewObject(class).Set("HResult", hresult)
	for i := 0; i+1 < len(properties); i += 2 {
		e.Props.Set(properties[i].(string), properties[i+1])
	}
	return e
}
