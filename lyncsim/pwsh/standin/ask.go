package standin

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Ask calls the endpoint as a module does and gives the records of the answer.
func Ask(endpoint, token, cmdlet string, parameters map[string]any) ([]*value.Hashtable, error) {
	table := value.NewHashtable()
	for name, v := range parameters {
		table.Set(name, v)
	}
	call, err := dotnet.Serialize(value.NewHashtable().Set("Cmdlet", cmdlet).Set("Parameters", table))
	if err != nil {
		return nil, err
	}
	conn, err := net.Dial("tcp", endpoint)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "%s\n%s\n", token, base64.StdEncoding.EncodeToString([]byte(call))); err != nil {
		return nil, err
	}
	var replies []*value.Hashtable
	lines := bufio.NewScanner(conn)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		text, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil {
			return replies, err
		}
		v, err := dotnet.Deserialize(string(text))
		if err != nil {
			return replies, err
		}
		reply, ok := v.(*value.Hashtable)
		if !ok {
			return replies, fmt.Errorf("the reply is a %s", value.TypeName(v))
		}
		replies = append(replies, reply)
	}
	return replies, lines.Err()
}
