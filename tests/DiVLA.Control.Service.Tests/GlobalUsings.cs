// Domain types and messages share the words of the field; messages are always written Wire.X.
global using Wire = DiVLA.Control.Protocol.V1;
