package cmdlets

import (
	"encoding/json"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// exported is the file form of a configuration, in which documents are text. Its two
// fields hide those of the same name in the Configuration.
type exported struct {
	*farm.Configuration
	Published, Enabled string
}

func export(c *farm.Configuration) ([]byte, error) {
	return json.Marshal(exported{c, string(c.Published.Bytes()), string(c.Enabled.Bytes())})
}

// imported reads such a file. Fault: Failed when the file is not one.
func imported(content []byte) (*farm.Configuration, error) {
	const op, what = "import", "the configuration"
	file := exported{Configuration: &farm.Configuration{}}
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, refusal.Because(refusal.Failed, op, what, err)
	}
	c := file.Configuration
	var err error
	if c.Published, err = topology.Parse([]byte(file.Published)); err != nil {
		return nil, refusal.Because(refusal.Failed, op, what, err)
	}
	c.Enabled = c.Published
	if file.Enabled != file.Published {
		if c.Enabled, err = topology.Parse([]byte(file.Enabled)); err != nil {
			return nil, refusal.Because(refusal.Failed, op, what, err)
		}
	}
	return c, nil
}
