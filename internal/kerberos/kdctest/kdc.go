// Package kdctest runs the Kerberos KDC of a realm on loopback, for tests. The KDC
// is either well-behaved or sends harmful answers. It derives keys from the names of
// principals, so the KDCs of two realms trust each other without exchanging a key.
package kdctest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Kinds of requests, as Asked counts them and the functions in Options receive them.
const (
	AS      = "AS"
	TGS     = "TGS"
	Renewal = "renewal"
)

// Options change how a KDC behaves.
type Options struct {
	// Life is how long tickets are valid, an hour when 0. All of them may be renewed
	// for a day.
	Life time.Duration
	// Hints describe to users how their key is made; nil means the usual way.
	Hints types.ETypeInfo2
	// Sensitive gives no ticket that may be handed over, as for members of Protected
	// Users.
	Sensitive bool
	// Ahead is how far the KDC's clock is ahead. A user whose clock differs by more than 5
	// minutes is refused.
	Ahead time.Duration
	// Owned gives the number of accounts that own a service's name; nil means one.
	Owned func(service string) int
	// Refer names the realm of a service, "" for the KDC's own.
	Refer func(service string) string
	// Spoil changes an answer before it is written.
	Spoil func(kind string, answer *messages.KDCRepFields)
	// Sealed gives what is encrypted in an answer in place of the honest part.
	Sealed func(kind string, part []byte) []byte
	// Wire changes the bytes of an answer on the wire, including the 4 bytes of its
	// length.
	Wire func(kind string, framed []byte) []byte
}

// Nameless is a Spoil for one kind of request: the ticket in the answer is for a
// service without a name, on which gokrb5's client panics.
func Nameless(spoiled string) func(kind string, answer *messages.KDCRepFields) {
	return func(kind string, answer *messages.KDCRepFields) {
		if kind == spoiled {
			answer.Ticket.SName.NameString = []string{}
		}
	}
}

// KDC is a realm in which all users have the same password.
type KDC struct {
	Realm   string
	Address string // host:port
	options Options
	userKey types.EncryptionKey

	mu    sync.Mutex
	asked map[string]int
}

// Start runs a KDC until the test ends.
func Start(t testing.TB, realm, password string, o Options) *KDC {
	t.Helper()
	if o.Life == 0 {
		o.Life = time.Hour
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	key, _, err := crypto.GetKeyFromPassword(password, types.PrincipalName{}, realm, etype, usual)
	if err != nil {
		t.Fatal(err)
	}
	k := &KDC{Realm: realm, Address: listener.Addr().String(), options: o, userKey: key, asked: map[string]int{}}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			k.serve(conn)
		}
	})
	t.Cleanup(func() { _ = listener.Close(); serving.Wait() })
	return k
}

// Asked gives the number of requests of a kind.
func (k *KDC) Asked(kind string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.asked[kind]
}

// Conf is the text of a krb5.conf that names KDCs; the realm of the first one is the
// default realm.
func Conf(kdcs ...*KDC) string {
	text := fmt.Sprintf("[libdefaults]\n default_realm = %s\n[realms]\n", kdcs[0].Realm)
	for _, k := range kdcs {
		text += fmt.Sprintf(" %s = {\n  kdc = %s\n }\n", k.Realm, k.Address)
	}
	return text
}

// Keytab has the key of a principal, such as HTTP/fe01.contoso.com.
func (k *KDC) Keytab(principal string) *keytab.Keytab { return keysOf(principal, k.Realm) }

// UserKeytab is the content of a keytab file with the key that a user's password
// gives.
func (k *KDC) UserKeytab(t testing.TB, user string) []byte {
	t.Helper()
	made := keys(user, k.Realm)
	made.Entries[0].Key = k.userKey
	raw, err := made.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// made caches the keys of principals: making a key takes milliseconds.
var made sync.Map

func keysOf(principal, realm string) *keytab.Keytab {
	name := principal + "@" + realm
	known, ok := made.Load(name)
	if !ok {
		known, _ = made.LoadOrStore(name, keys(principal, realm))
	}
	return known.(*keytab.Keytab)
}

func keys(principal, realm string) *keytab.Keytab {
	made := keytab.New()
	if err := made.AddEntry(principal, realm, "the key of "+principal+"@"+realm, time.Unix(1, 0), kvno, etype); err != nil {
		panic(err)
	}
	return made
}

// serve answers the single request of a connection (RFC 4120 section 7.2.2).
func (k *KDC) serve(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	head := make([]byte, 4)
	if _, err := io.ReadFull(conn, head); err != nil {
		return
	}
	request := make([]byte, binary.BigEndian.Uint32(head))
	if _, err := io.ReadFull(conn, request); err != nil {
		return
	}
	kind, answer := k.answer(request)
	framed := append(binary.BigEndian.AppendUint32(nil, uint32(len(answer))), answer...)
	if k.options.Wire != nil {
		framed = k.options.Wire(kind, framed)
	}
	_, _ = conn.Write(framed)
}

func (k *KDC) answer(request []byte) (kind string, answer []byte) {
	kind, made, err := k.grant(request)
	k.mu.Lock()
	k.asked[kind]++
	k.mu.Unlock()
	if refused, ok := errors.AsType[messages.KRBError](err); ok {
		made, err = refused.Marshal()
	}
	if err != nil {
		refused := messages.NewKRBError(nobody, k.Realm, errorcode.KRB_ERR_GENERIC, err.Error())
		made, _ = refused.Marshal()
	}
	return kind, made
}

func (k *KDC) grant(request []byte) (kind string, answer []byte, err error) {
	var as messages.ASReq
	if as.Unmarshal(request) == nil {
		answer, err = k.logIn(as)
		return AS, answer, err
	}
	var tgs messages.TGSReq
	if err := tgs.Unmarshal(request); err != nil {
		return "", nil, err
	}
	kind = TGS
	if renews(tgs) {
		kind = Renewal
	}
	answer, err = k.give(kind, tgs)
	return kind, answer, err
}
